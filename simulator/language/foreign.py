"""Function names of other products that people paste, and what this language has instead.

Sources: the references of Microsoft Identity Manager 2016 and its workflow library, of Entra Cloud
Sync, of Visual Basic, Excel and PowerShell, and misprints in published pages
(expression-language specification, section 13).
"""

from collections.abc import Mapping

_MIM = {
    "LowerCase": "LCase", "UpperCase": "UCase", "ProperCase": "PCase", "LeftPad": "PadLeft",
    "RightPad": "PadRight", "ReplaceString": "Replace", "DateTimeFormat": "FormatDateTime",
    "ConvertSidToString": "StringFromSid", "ConvertStringToGuid": "CGuid",
    "Eq": "the operator `=`", "NotEquals": "the operator `<>`", "LessThan": "the operator `<`",
    "GreaterThan": "the operator `>`", "Null": "the constant NULL",
    "ConvertToBoolean": "CBool", "ConvertToNumber": "CNum", "ConvertToString": "CStr",
    "DateTimeAdd": "DateAdd", "DateTimeNow": "Now", "DateTimeFromFileTimeUTC": "DateFromNum",
    "DateTimeToFileTimeUTC": "NumFromDate",
}  # fmt: skip

_CLOUD_SYNC = {
    "Append": "the operator `&`", "Not": "`= False`", "NormalizeDiacritics": "ReplaceChars",
    "SelectUniqueValue": "", "SingleAppRoleAssignment": "", "AppRoleAssignmentsComplex": "",
    "StripSpaces": 'Replace(text, " ", "")', "ToLower": "LCase", "ToUpper": "UCase",
    "Coalesce": "IIF(IsPresent([a]), [a], [b])", "DateDiff": "NumFromDate of both, subtracted",
    "IgnoreFlowIfNullOrEmpty": "IIF(IsNullOrEmpty([a]), IgnoreThisFlow, [a])", "RandomString": "",
    "Redact": "",
}  # fmt: skip

_ELSEWHERE = {
    "Substring": "Mid", "ToString": "CStr", "Length": "Len", "Concat": "the operator `&`",
    "Concatenate": "the operator `&`", "Format": "FormatDateTime", "CInt": "CNum",
    "CLng": "CNum", "IndexOf": "InStr", "StartsWith": "`Left(text, n) = ...`",
    "EndsWith": "`Right(text, n) = ...`", "If": "IIF", "And": "the operator `&&`",
    "Or": "the operator `||`", "IsMatch": "RegexIsMatch", "IsBlank": "IsNullOrEmpty",
    "IsNothing": "IsNull", "Today": "Now",
}  # fmt: skip

FOREIGN_FUNCTIONS: Mapping[str, str] = {
    **{name: f"a name from elsewhere; here it is {here}" for name, here in _ELSEWHERE.items()},
    **{name: f"a function of Identity Manager; here it is {here}" for name, here in _MIM.items()},
    **{
        name: f"a Cloud Sync function; here it is {here}"
        if here
        else "a Cloud Sync function, without a counterpart here"
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
}

# The same without regard to case, for `toLower` and `AND(`.
FOREIGN_FOLDED: Mapping[str, str] = {
    name.casefold(): help for name, help in reversed(list(FOREIGN_FUNCTIONS.items()))
}
