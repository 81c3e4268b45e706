"""Function names of other products that people paste, and what this language has instead.

Sources: the reference of Microsoft Identity Manager 2016, of Entra Cloud Sync, and misprints in
published pages (expression-language specification, section 13).
"""

from collections.abc import Mapping

_MIM = {
    "LowerCase": "LCase", "UpperCase": "UCase", "ProperCase": "PCase", "LeftPad": "PadLeft",
    "RightPad": "PadRight", "ReplaceString": "Replace", "DateTimeFormat": "FormatDateTime",
    "ConvertSidToString": "StringFromSid", "ConvertStringToGuid": "CGuid", "Eq": "the operator `=`",
    "NotEquals": "the operator `<>`", "LessThan": "the operator `<`",
    "GreaterThan": "the operator `>`", "Null": "the constant NULL",
}  # fmt: skip

_CLOUD_SYNC = {
    "Append": "the operator `&`", "Not": "`= False`", "NormalizeDiacritics": "ReplaceChars",
    "SelectUniqueValue": "", "SingleAppRoleAssignment": "", "StripSpaces": "Replace",
    "ToLower": "LCase", "ToUpper": "UCase",
}  # fmt: skip

FOREIGN_FUNCTIONS: Mapping[str, str] = {
    **{name: f"a function of Identity Manager; here it is {here}" for name, here in _MIM.items()},
    **{
        name: f"a Cloud Sync function; here it is {here}" if here else "a Cloud Sync function, without a counterpart here"
        for name, here in _CLOUD_SYNC.items()
    },
    "Concatenate": "join texts with the operator `&`",
    "IF": "write IIF: a misprint in the release notes",
    "Random": "write RandomNum: a misprint in the reference",
    "InstrRev": "write InStrRev: a misprint in the reference",
    "Hex": "no such function is published",
    "CertificateSubject": "write CertSubject",
    "CertificateThumbprint": "write CertThumbprint",
    "IsUserAccountDisabled": "write BitAnd([userAccountControl],2) <> 0",
    "RegexReplace": "no such function is published; Replace and ReplaceChars are",
}  # fmt: skip
