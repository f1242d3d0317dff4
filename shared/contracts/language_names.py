"""Names of languages as programs write them (`english`, `Indonesian`, `eng`), and their tags.

Recognisers of Whisper's family name languages in English or by ISO 639-1; others write ISO 639-3,
POSIX (`en_US`) or the codes of data sets (`eng_Latn`). Of a table of all languages a model's names
are a small part, so the table is that of the languages that recognisers know.
"""

from functools import lru_cache

from shared.contracts.languages import canonical

_TABLE = """
af afr afrikaans|am amh amharic|ar ara arb arabic|as asm assamese|az aze azj azerbaijani
ba bak bashkir|be bel belarusian|bg bul bulgarian|bn ben bengali bangla|bo bod tib tibetan
br bre breton|bs bos bosnian|ca cat catalan valencian|cs ces cze czech|cy cym wel welsh
da dan danish|de deu ger german|el ell gre greek modern-greek|en eng english
es spa spanish castilian|et est ekk estonian|eu eus baq basque|fa fas per pes persian farsi
fi fin finnish|fil filipino pilipino|fo fao faroese|fr fra fre french|ga gle irish|gl glg galician
gu guj gujarati|ha hau hausa|haw hawaiian|he iw heb hebrew|hi hin hindi|hr hrv croatian
ht hat haitian haitian-creole|hu hun hungarian|hy hye arm armenian
id in ind indonesian bahasa-indonesia|ig ibo igbo|is isl ice icelandic|it ita italian
ja jpn japanese|jv jw jav javanese|ka kat geo georgian|kk kaz kazakh|km khm khmer central-khmer
kn kan kannada|ko kor korean|ky kir kyrgyz kirghiz|la lat latin|lb ltz luxembourgish letzeburgesch
ln lin lingala|lo lao|lt lit lithuanian|lv lav lvs latvian|mg mlg malagasy|mi mri mao maori
mk mkd mac macedonian|ml mal malayalam|mn mon mongolian|mr mar marathi
ms msa may zsm malay bahasa-melayu|mt mlt maltese|my mya bur myanmar burmese
nb nob bokmal norwegian-bokmal|ne nep nepali|nl nld dut dutch flemish|nn nno nynorsk
nn norwegian-nynorsk|no nor norwegian|oc oci occitan|or ori ory odia oriya|pa pan punjabi panjabi
pl pol polish|ps pus pashto pushto|pt por portuguese|ro mo ron rum romanian moldavian moldovan
ru rus russian|sa san sanskrit|sd snd sindhi|si sin sinhala sinhalese|sk slk slo slovak
sl slv slovenian slovene|sn sna shona|so som somali|sq sqi alb albanian|sr srp serbian
su sun sundanese|sv swe swedish|sw swa swh swahili kiswahili|ta tam tamil|te tel telugu
tg tgk tajik|th tha thai|tk tuk turkmen|tl tgl tagalog|tr tur turkish|tt tat tatar
ug uig uyghur uighur|uk ukr ukrainian|ur urd urdu|uz uzb uzbek|vi vie vietnamese|wo wol wolof
xh xho xhosa|yi ji yid yiddish|yo yor yoruba|yue cantonese|zh zho chi cmn chinese mandarin
zu zul zulu
"""
"""The tag first, then its other codes and its names, a blank within one written as a hyphen."""
_TAGS = {
    name: names[0]
    for row in _TABLE.replace("\n", "|").split("|")
    if (names := row.split())
    for name in names
}
_PARTS_MAX = 8
_CODE_MAX, _SCRIPT, _REGION = 3, 4, 2


@lru_cache(maxsize=1024)
def tag_of(name: str) -> str:
    """Return the tag of a language by its name, code or tag (BCP 47); as sent if it is unknown.

    Example: `English` and `eng` are `en`, `en_us` is `en-US`, and `Klingon` stays `Klingon`.
    """
    plain = canonical("-".join(name.split()))
    whole = _TAGS.get(plain)
    if whole is not None or " " in name:
        return whole or name
    first, *rest = plain.split("-")
    language = _TAGS.get(first) if len(first) <= _CODE_MAX else None
    if language is None or not 0 < len(rest) < _PARTS_MAX or not all(map(_is_part, rest)):
        return name
    return "-".join([language, *map(_in_its_case, rest)])


def _is_part(part: str) -> bool:
    """Whether this may follow a language in a tag: no word, as in `english-spoken`, does."""
    return part.isascii() and part.isalnum() and len(part) <= _PARTS_MAX


def _in_its_case(part: str) -> str:
    """Return a part in the case that RFC 5646 recommends: `US`, `Hans`, and others in lower."""
    if len(part) == _SCRIPT and part.isalpha():
        return part.title()
    return part.upper() if len(part) == _REGION else part
