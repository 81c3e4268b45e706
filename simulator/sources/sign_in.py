"""The ways to sign in at a directory server, by the names that the command line gives them."""

from enum import StrEnum


class SignIn(StrEnum):
    """How the account proves who it is."""

    SIMPLE = "simple"
    KERBEROS = "kerberos"
    NTLM = "ntlm"
    ANONYMOUS = "anonymous"
