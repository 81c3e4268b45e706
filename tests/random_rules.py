"""Random rule sets, and the forests they are for: as different as those of the field, and worse."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from simulator.rule import (
    AttributeFlow,
    Connector,
    ConnectorKind,
    LinkType,
    MergeType,
    Partition,
    RuleSet,
    ScopeCondition,
    ScopeOperator,
    SyncRule,
)
from tests.building import BASE, CLOUD, FOREST, OUT, constant, direct, expression, inbound, rules

TEXTS = ("displayName", "cn", "operatingSystem", "operatingSystemVersion", "dNSHostName",
         "sAMAccountName", "dn")  # fmt: skip

# Expressions as a grammar: what stands in for `<kind>`. Where it gets deep, that is one of `<kind.>`.
GRAMMAR: dict[str, tuple[str, ...]] = {
    "text.": (*(f"[{name}]" for name in (*TEXTS, "displayName", *["operatingSystem"] * 4, "operatingSystemVersion")), '"<word>"'),
    "text": (
        "<text.>", "<text.>", "<text.>", "Left(<text>,<few>)", "Right(<text>,<few>)", "Mid(<text>,2,<few>)",
        'Word(<text>,1,"<mark>")', 'Word(<text.>,1,".")', 'Word(<text>,2," .")', "Trim(<text>)",
        "UCase(<text>)", "LCase(<text>)", "PCase(<text>)", "(<text> & <text.>)", "CStr(<number>)",
        'Replace(<text>,"a",<text.>)', "IIF(<truth>,<text>,<text.>)", "IIF(<truth>,<text>,NULL)",
        "Switch(<truth>,<text>,True,<text.>)", "With($v,<text>,$v & $v)", "StringFromGuid([objectGUID])",
        "StringFromGuid([objectSid])", "ConvertToBase64([objectGUID])", "ConvertToUTF8Hex(<text>)",
        "Item([description],1)", "ItemOrNull([description],2)", 'Join([description],",")',
        "%Domain.FQDN%", "%Forest.Netbios%", "[managedBy]", 'FormatDateTime(Now(),"yyyy")',
        "CertSubject(Item([userCertificate],1))", "DNComponent(CRef([dn]),1)", "EscapeDNComponent([cn])",
        'IIF(<truth>,<text.>,Error("no"))', 'RemoveDuplicates(Split(<text>,"."))',
    ),
    "number.": ("[userAccountControl]", "[userAccountControl]", "0", "2", "4096"),
    "number": (
        "<number.>", "<number.>", "Len(<text>)", "Count([description])", "Count([userCertificate])",
        'InStr(<text>,"<word>")', "CNum(<text.>)", "(<number.> + <number.>)", "BitAnd(<number.>,2)",
        'ValueCount("description")', 'ValueCount("memberOf")',
    ),
    "truth.": (
        "IsNullOrEmpty([<any>])", "IsPresent([<any>])", "IsNull([<any>])", "IsString([<any>])",
        '<text.>="<word>"', '<text.><>"<word>"',
    ),
    "truth": (
        "<truth.>", "<truth.>", "(<truth> && <truth>)", "(<truth> || <truth>)",
        "(<truth.> && <truth.> || <truth.>)", "<number><compare><number.>", "IsBitSet([userAccountControl],2)",
        "[isCriticalSystemObject]", "[isCriticalSystemObject]=True", "<text>=<text.>", "<text>=NULL",
        "IsPresent(<text>)", "IsNullOrEmpty(<text>)", "CBool(<text.>)", "IsNumeric(<text>)",
        'RegexIsMatch(<text>,"<pattern>","IgnoreCase")', 'RegexIsMatch(<text>,"<pattern>")',
        'Left([operatingSystemVersion],3)="6.3"', "IsGuid([displayName])", 'Contains([description],"a")>0',
        'With($v,<text>,$v="A")', "<certificates>", "<certificates>", "<certificates>",
    ),
    "certificates": (
        "Count(<loop>)=0", "Count(<loop>)=0", "Count(Where($c,[userCertificate],<test>))=0",
        "Count(Where($c,[userCertificate],IsCert($c) && <test>))=0", "Count(<loop>)>0", "IsNullOrEmpty(<loop>)",
        "(IsNullOrEmpty([userCertificate]) || With($w,<loop>,Count($w)=0))",
        '(Left([operatingSystemVersion],3)="6.3" && With($w,<loop>,Count($w)=0))',
        "(<truth.> && Count(<loop>)<Count([userCertificate]))", "Count([userCertificate])>1",
        "CertNotAfter(Item([userCertificate],1))>Now()", "IsCert(Item([userCertificate],1))",
        "Count(Select($c,[userCertificate],CertSubject($c)))>1",
    ),
    "loop": (
        "Where($c,[userCertificate],IsCert($c))", "Where($c,[userCertificate],IsCert($c) && <test>)",
        "Where($c,[userCertificate],IsCert($c) && <test>)", "Where($c,[userCertificate],<test>)",
        "Where($c,[userCertificate],IsCert($c) && CertNotAfter($c)>Now() && <test>)",
        "Where($c,[userCertificate],IsCert($c) && <test> && <test>)",
    ),
    "test": (
        "CertNotAfter($c)>Now()", "Now()<CertNotAfter($c)", "CertNotBefore($c)<=Now()", 'CertNotBefore($c)<=DateAdd("yyyy",-9,Now())', "<named>", "<named>",
        'CertNotAfter($c)>DateAdd("d",30,Now())', 'RegexIsMatch(CertSubject($c),"<pattern>","IgnoreCase")',
        *['InStr(CertIssuer($c),"CN=MS")>0'] * 3, "RegexIsMatch(CertSubject($c),[cn])", 'CertSubject($c)<>"CN=x"',
        'CertKeyAlgorithm($c)<>"x"', "(CertNotAfter($c)>Now() || IsCert($c))", "IsCert($c)", "Len($c)>900",
    ),
    "named": (
        'RegexIsMatch(CertSubject($c),"CN=[{]*" & StringFromGuid([objectGUID]) & "[}]*","IgnoreCase")',
    ),
    "filter": (
        *["IIF(<truth>,True,NULL)"] * 5,
        *["IIF(Count(Where($c,[userCertificate],IsCert($c) && <test>))=0,True,NULL)"] * 6,
        *['IIF([operatingSystem]="<word>" || Left([operatingSystemVersion],3)="6.1",True,NULL)'] * 3,
        *["IIF(<certificates>,True,NULL)"] * 7, "IIF(<truth>,NULL,True)", "IIF(<truth>,True,False)", "<truth>",
        "IIF(<truth>,True,IgnoreThisFlow)", "IIF(<truth>,AuthoritativeNull,<truth.>)",
        'IIF(<truth>,Error("no"),NULL)', "AuthoritativeNull", "IgnoreThisFlow", "False", "NULL", "True",
    ),
    "any": (*TEXTS, "description", "userCertificate", "userCertificate", "userAccountControl",
            "isCriticalSystemObject", "objectGUID", "objectSid", "memberOf", "managedBy", "absent"),
    "word": ("", "A", "a", "B", "Windows", "Samba", "samba", "6.3", "10.0", "PC1", "x.y", "True", "7"),
    "pattern": ("^A", "windows", "[a-c]+$", r"\\d+", "PC(1|2)", "^$", "(", "CN=[{]*x[}]*", "CN="),
    "few": ("0", "1", "2", "3", "20", "500"),
    "mark": (".", " ", ".-", ""),
    "compare": ("=", ">", "<", "<=", "<>"),
}  # fmt: skip


def written(chance: random.Random, kind: str, depth: int) -> str:
    """A random expression of *kind*, no more than *depth* calls deep."""
    simple = f"{kind}." if depth <= 0 and f"{kind}." in GRAMMAR else kind
    text = chance.choice(GRAMMAR[simple])
    return re.sub(r"<([a-z]+\.?)>", lambda m: written(chance, m[1], depth - 1), text)


METAVERSE = ("displayName", "description", "accountEnabled", "deviceOSType", "deviceOSVersion",
             "sourceAnchor", "objectSid", "cn", "userCertificate", "dnsDomainName")  # fmt: skip
SOURCES = ("displayName", "description", "operatingSystem", "managedBy", "objectSid", "cn",
           "userCertificate", "dNSHostName", "memberOf", "userAccountControl")  # fmt: skip
SUITED = {
    "displayName": ("displayName", "cn", "operatingSystem"), "deviceOSType": ("operatingSystem", "deviceOSType"),
    "deviceOSVersion": ("displayName", "deviceOSVersion"), "sourceAnchor": ("cn", "sourceAnchor"),
    "dnsDomainName": ("dNSHostName", "cn", "dnsDomainName"), "description": ("description",) * 5 + ("managedBy",),
    "accountEnabled": ("accountEnabled", "isCriticalSystemObject"),
}  # fmt: skip
JOINS = (*["objectGUID=deviceId"] * 12, "sAMAccountName=displayName",
         "objectGUID=deviceId|cn=displayName", "description=displayName&cn=cn", "managedBy=description")  # fmt: skip
GROUP = "CN=G,DC=contoso,DC=com"  # the one that objects are members of
VALUES = {
    "operatingSystem": ("samba", "Windows", "Windows 10", ""),
    "operatingSystemVersion": ("6.3", "10", ""),
    "userAccountControl": ("2", "4096", "4097", "x", "%Number%"),
    "description": ("a", "B", "b"), "displayName": ("A", "y", "D1", ""), "cn": ("pc1", "PC2"),
    "isCriticalSystemObject": ("True", "false", "1"), "managedBy": ("CN=Boss, DC=contoso,DC=com", "CN"),
    "userCertificate": ("1",), "memberOf": (GROUP,), "dNSHostName": ("%Domain.FQDN%", "x"),
    "cloudFiltered": ("True", "True", "False"), "accountEnabled": ("True", "x"), "deviceOSType": ("Windows",),
    "sourceAnchor": ("=",), "objectSid": ("1",),
}  # fmt: skip
ORDINARY = tuple(o for o in ScopeOperator if "MEMBEROF" not in o)
SAFE = (ScopeOperator.ISNULL, ScopeOperator.ISNOTNULL)
BITS = (ScopeOperator.ISBITSET, ScopeOperator.ISBITNOTSET)


def random_forests(chance: random.Random) -> list[Connector]:
    """The forest of the objects, with what is imported of it; now and then a second one."""
    top = "DC=contoso,DC=com"
    partition = Partition(
        top,
        object_types=chance.choice([(), ("computer",), ("computer", "user")]),
        included=chance.choice([(), (top,), (f"OU=Clients,{top}", f"OU=In,OU=Servers,{top}")]),
        excluded=chance.choice([(), (f"OU=Servers,{top}",), (top,), (f"CN=PC3,{top}",)]),
        parameters={"Domain.FQDN": "contoso.com"},
    )
    lab = Partition(f"DC=lab,{top}", selected=chance.random() < 0.5)
    every = {*SOURCES, *TEXTS} - {"dn"}
    two = chance.random() < 0.2
    first = replace(
        FOREST, partitions=(partition, lab) if two else chance.choice([(), (), (partition, lab)]), parameters={"Forest.Netbios": "CONTOSO", "Number": "2"},
        attributes=chance.choice([frozenset(), frozenset(chance.sample(sorted(every), 9))]),
        pilot_group=chance.choice(["", "", "", GROUP]),
    )  # fmt: skip
    second = Connector("11111111-0000-4000-8000-000000000000", "other.com", ConnectorKind.ACTIVE_DIRECTORY,
                       (Partition("DC=other,DC=com"),))  # fmt: skip
    return [first, second] if two else [first]


def random_rules(chance: random.Random, forests: Sequence[Connector]) -> RuleSet:
    """Rules in the shape of the shipped ones: custom ones above a base, and those to the cloud."""
    types = chance.choice([["device"], ["device"], ["device", "person"]])
    made: list[SyncRule] = []
    for number in range(chance.choice([0, 1, 1, 2, 2, 3, 5])):
        kind = "filter" if chance.random() < 0.97 else "text"
        flows = [expression("cloudFiltered", written(chance, kind, chance.randint(1, 3)))] if chance.random() < 0.85 else [
            chance.choice([constant("cloudFiltered", "True"), direct("cloudFiltered", "isCriticalSystemObject")])
        ]  # fmt: skip
        flows += _flows(chance, METAVERSE, SOURCES, chance.choice([0, 0, 1, 1, 2, 3]))
        made.append(inbound(
            f"Custom {number}", chance.choice([10 + number, 10 + number, 100]), *flows,
            link=chance.choice([LinkType.JOIN] * 6 + [LinkType.JOIN_NO_FLOW, LinkType.STICKY_JOIN, LinkType.PROVISION]),
            join=chance.choice(JOINS) if chance.random() < 0.12 else "",
            source_type="user" if len(types) > 1 and chance.random() < 0.3 else "computer",
            target_type=chance.choice(types) if chance.random() < 0.15 else types[0],
            connector=chance.choice([f.id for f in forests] + [FOREST.id, ""]),
        ))  # fmt: skip
        made[-1] = replace(made[-1], scope=_scope(chance, SOURCES + TEXTS, 0.5))
    made += _bases(chance, types, forests)
    if chance.random() < 0.08 and made:
        original = chance.choice(made)
        made.append(replace(original, name=f"{original.name} - clone", precedence=50, id="",
                            flows=original.flows[:-1]))  # fmt: skip
    for type in types:
        for number in range(chance.choice([1, 1, 1, 2])):
            flows = [direct("deviceId", "deviceId")]
            flows += _flows(chance, METAVERSE, METAVERSE, chance.choice([0, 0, 1, 3]), out=True)
            scope = _scope(chance, ("cloudFiltered", *METAVERSE), 0.5)
            plain = OUT.scope if chance.random() < 0.8 else ()
            made.append(replace(
                OUT, name=f"Out {type} {number}", source_type=type, precedence=160 + number,
                flows=tuple(flows), scope=tuple((*plain[0], *g) for g in scope) if plain and scope else plain or scope,
                link_type=chance.choice([LinkType.PROVISION] * 5 + [LinkType.JOIN]),
            ))  # fmt: skip
    if chance.random() < 0.03:
        made = [r for r in made if r.direction != OUT.direction]
    return rules(*made, connectors=(*forests, CLOUD))


def _bases(
    chance: random.Random, types: list[str], forests: Sequence[Connector]
) -> list[SyncRule]:
    found = []
    for forest in forests:
        for type in types:
            extra = _flows(chance, METAVERSE, SOURCES, chance.choice([0, 1, 2, 4]))
            unique = {f.target: f for f in (*BASE.flows, *extra)}
            found.append(inbound(
                f"Base {forest.name} {type}", 159, *unique.values(),
                link=LinkType.PROVISION if chance.random() < 0.96 else LinkType.JOIN,
                join=chance.choice(["objectGUID=deviceId"] * 30 + ["", "sAMAccountName=displayName", "objectSid=objectSid"]),
                source_type="computer" if type == "device" else "user", target_type=type, connector=forest.id,
            ))  # fmt: skip
            found[-1] = replace(found[-1], scope=_scope(chance, SOURCES, 0.12))
    return found


def _flows(
    chance: random.Random, targets: Sequence[str], sources: Sequence[str],
    count: int, out: bool = False,
) -> list[AttributeFlow]:  # fmt: skip
    found = []
    for target in chance.sample(targets, count):
        merge = MergeType.UPDATE if chance.random() < 0.85 else chance.choice(list(MergeType))
        kind = chance.random()
        if kind < 0.45:
            suited = [s for s in SUITED.get(target, (target,)) if s in sources]
            source = chance.choice(suited if suited and chance.random() < 0.95 else sources)
            found.append(direct(target, source, merge))
        elif kind < 0.48:
            found.append(constant(target, chance.choice(["x", "True", "7", "", "NULL"])))
        else:
            text = _suiting(chance, target)
            if out:  # of the metaverse there is less
                for name in TEXTS:
                    text = text.replace(f"[{name}]", "[displayName]")
            found.append(expression(target, text, merge, once=chance.random() < 0.05))
    return found


def _suiting(chance: random.Random, target: str) -> str:
    """An expression for *target*, mostly of its type."""
    match target:
        case "accountEnabled":
            return chance.choice(
                ["IIF(BitAnd([userAccountControl],2)=0,True,False)", written(chance, "truth", 1)]
            )
        case "objectSid" | "userCertificate":
            return f"[{target}]"
    return written(chance, "text", 2)


def _scope(
    chance: random.Random, names: Sequence[str], share: float
) -> tuple[tuple[ScopeCondition, ...], ...]:
    if chance.random() > share:
        return ()
    return tuple(
        tuple(_clause(chance, names) for _ in range(chance.choice([1, 1, 2])))
        for _ in range(chance.choice([1, 1, 1, 2]))
    )


def _clause(chance: random.Random, names: Sequence[str]) -> ScopeCondition:
    name = chance.choice(names)
    if name == "memberOf":
        return ScopeCondition("memberOf", chance.choice([ScopeOperator.ISMEMBEROF, ScopeOperator.ISNOTMEMBEROF]), GROUP)  # fmt: skip
    operators: Sequence[ScopeOperator] = SAFE
    if chance.random() < 0.05:
        operators = ORDINARY
    elif name == "userAccountControl":
        operators = (*BITS, ScopeOperator.LESSTHAN, ScopeOperator.EQUAL)
    elif name in ("isCriticalSystemObject", "cloudFiltered", "accountEnabled"):
        operators = (ScopeOperator.NOTEQUAL, ScopeOperator.EQUAL, *SAFE)
    elif name not in ("userCertificate", "objectSid"):
        operators = [o for o in ORDINARY if o not in BITS]
    return ScopeCondition(name, chance.choice(operators), chance.choice(VALUES.get(name, ("a",))))
