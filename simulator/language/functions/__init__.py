"""The functions of the language, a module for each group of the published reference."""
