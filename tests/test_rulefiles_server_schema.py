"""The schemas of a server export, against what the shipped table says of the same server."""

from pathlib import Path

from simulator.rulefiles.server_schema import load_schemas
from simulator.schema import standard_schema

EXPORT = Path(__file__).parent / "data" / "contoso-pilot"
FOREST = "ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d"
CLOUD = "b891884f-051e-4a83-95af-2544101c9083"


def test_the_metaverse_of_the_export() -> None:
    """219 attributes; the shipped table has one more, which later versions added."""
    schema = load_schemas(str(EXPORT))["metaverse"]
    assert len(schema.attributes) == 219
    shipped = dict(standard_schema("metaverse").attributes)
    added = shipped.keys() - schema.attributes.keys()
    assert added == {"distinguishedName"}
    assert {name: shipped[name] for name in schema.attributes} == schema.attributes


def test_the_connectors_of_the_export() -> None:
    schemas = load_schemas(str(EXPORT))
    assert schemas.keys() == {"metaverse", FOREST, CLOUD}
    certificate = schemas[FOREST].get("userCertificate")
    assert certificate is not None and certificate.language_type == "mvbin"
    guid = schemas[FOREST].get("objectGUID")
    assert guid is not None and guid.language_type == "bin"


def test_a_location_without_schemas() -> None:
    assert load_schemas("standard-2016") == {}
