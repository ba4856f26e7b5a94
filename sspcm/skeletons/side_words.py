"""The words by which names say left and right, and the body parts that a side may be glued to."""

import re
from typing import Literal

Side = Literal["l", "r"]

# By language: words long or strange enough to be found anywhere in a run of letters ("leftpaw", "左手").
WORDS = {
    "en": ("left", "right"),
    "de": ("links|linke[rsnm]?", "rechts|rechte[rsnm]?"),
    "fr": ("gauches?", "droite?s?"),
    "es": ("izquierd[oa]s?", "derech[oa]s?"),
    "pt": ("esquerd[oa]s?", "direit[oa]s?"),
    "it": ("sinistr[oaei]|sinister|sinistrum", "destr[oaei]|dextr[ao]|dexter|dextrum"),
    "sv": ("vanster", "hoger"),
    "da": ("venstre", "h[øo][jy]re"),
    # Ukrainian as well: its right begins as the Russian one.
    "ru": ("лев(?:ый|ая|ое|ого|ои)?|лів(?:ии|а|е|ого|ої)?", "прав(?:ый|ая|ое|ого|ои|ии|а|е)?"),
    "el": ("αριστερ[οηα]?", "δεξι[οα]?"),
    "zh": ("左", "右"),
    "ja": ("ひだり", "みぎ"),
    "ko": ("왼쪽|왼|좌측|좌", "오른쪽|오른|우측|우"),
    "ar": ("يسار|أيسر|ايسر|يسرى", "يمين|أيمن|ايمن|يمنى"),
    "he": ("שמאל", "ימין"),
    "hi": ("बायां|बायाँ|बाएं|बायीं", "दायां|दायाँ|दाएं|दायीं"),
    "th": ("ซ้าย", "ขวา"),
}
WORD = re.compile("|".join(f"(?P<{name}_l>{left})|(?P<{name}_r>{right})" for name, (left, right) in WORDS.items()))
# English words that hold "left" or "right" and mean no side.
NO_SIDE = re.compile(
    "(?:b|f|w|a|al|up|out|down|forth|birth|copy)right(?:s|er|ness|ed|en)?|right(?:eous|ful)(?:ly|ness)?|"
    "leftovers?|cleft|clefts|theft|deft|weft"
)
# Shorter ones, only where capitals, digits or separators set them apart.
SHORTS = {
    "l": ("l", "r"),
    "lt": ("lt", "rt"),
    "lft": ("lft", "rgt rht rght"),
    "lef": ("lef", "rig rit"),
    "lhs": ("lhs", "rhs"),
    "port": ("port", "starboard"),
    "es": ("izq izqu izda izdo izqda izqdo", "der dch dcha dcho drcha drcho"),
    "pt": ("esq", "dir dto dta"),
    "it": ("sx sin", "dx des dex"),
    "fr": ("gau", "dro"),
    "la": ("sinist", "dext"),
    "pl": ("lewy lewa lewe lewej", "prawy prawa prawe prawej"),
    "cs": ("levy leva leve", "pravy prava prave"),
    "hr": ("lijevi lijeva lijevo", "desni desna desno"),
    "de": ("li", "re"),
    "ro": ("stang stanga", "drept dreapta"),
    "tr": ("sol", "sag"),
    "fi": ("vasen vasemman", "oikea oikean"),
    "hu": ("bal", "jobb"),
    "vi": ("trai", "phai"),
    "id": ("kiri", "kanan"),
}
SHORT: dict[str, tuple[str, Side]] = {
    **{word: (family, "l") for family, (left, _) in SHORTS.items() for word in left.split()},
    **{word: (family, "r") for family, (_, right) in SHORTS.items() for word in right.split()},
}
# Single letters of other languages, beside a body part of theirs alone: "épaule_g", "ojo_d".
LETTERS: dict[str, tuple[str, str, frozenset[str]]] = {
    language: (left, right, frozenset(parts.split()))
    for language, left, right, parts in (
        ("fr", "g", "d", "oeil œil oreille epaule coude poignet main hanche genou cheville pied bras jambe patte aile"),
        ("ru", "л", "п", "глаз ухо плечо локоть запястье кисть бедро колено лодыжка стопа рука нога крыло лапа"),
        ("es", "i", "d", "ojo oreja hombro codo muneca mano cadera rodilla tobillo pie brazo pierna pata ala"),
        ("pt", "e", "d", "olho orelha ombro cotovelo pulso punho mao quadril joelho tornozelo pe braco perna pata asa"),
        ("it", "s", "d", "occhio orecchio spalla gomito polso mano anca ginocchio caviglia piede braccio gamba zampa"),
    )
}
_WHERE = (
    "front fore hind rear back upper lower big small little great outer inner mid middle medial lateral inside outside"
)
_PLACE = "base tip end root top bottom center centre corner joint bone tail side proximal distal anterior posterior"
_PARTS_OF_A_BODY = (
    "head neck nose nostril eye eyes eyebrow eyelid brow lid pupil canthus ear ears earlobe pinna cheek cheekbone jaw "
    "chin mouth lip lips temple forehead face tooth tongue whisker whiskers snout muzzle beak antler horn antenna "
    "eyestalk mandible palp shoulder clavicle collar collarbone scapula acromion armpit arm forearm upperarm elbow "
    "wrist hand palm knuckle finger fingers forefinger thumb index pinky pinkie ring hip hips pelvis waist buttock "
    "glute groin leg thigh thai knee shin calf ankle heel foot feet toe toes sole instep arch tibia fibula femur "
    "humerus radius ulna patella malleolus condyle epicondyle asis psis limb forelimb hindlimb foreleg hindleg midleg "
    "forefoot hindfoot forepaw hindpaw paw claw hoof fetlock hock stifle pastern cannon wing wingtip haltere fin fluke "
    "flipper flank rib chest breast belly haunch rump shank tarsus metatarsus metatarsal metacarpus carpus coxa "
    "trochanter pretarsus cercus sleeve cuff hem waistline wheel headlight"
)
# As markers of gait laboratories shorten them; a side comes first there (LASI, RFHD, lkne).
_SHORTENED = (
    "asi psi fhd bhd sho shld shldr elb wri wra wrb fin upa frm thi kne tib ank hee toe mt1 mt5 trc gt hjc kjc ajc sjc "
    "ejc wjc fp hp bp fl hl bl"
)


def _one_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_PART = _one_of(_PARTS_OF_A_BODY)
_ANY = _one_of(f"{_WHERE} {_PLACE} {_PARTS_OF_A_BODY}")
# Words one after the other, a body part among them, or where alone ("front"). Atomic: a long name costs no more.
BODY = re.compile(f"(?:(?=[a-z]*(?:{_PART}))(?>{_ANY}|[fhbmul](?={_PART}))+|{_one_of(_WHERE)})")
GLUED_FIRST = re.compile(
    f"(?P<before>[fhbm]?)(?P<side>l|r|lt|rt|lft|rgt)(?P<after>{BODY.pattern}|{_one_of(_SHORTENED)})"
)
GLUED_LAST = re.compile(f"(?P<before>{BODY.pattern})(?P<side>l|r)(?P<after>)")
NEAR = re.compile(f"(?P<side>near|off)(?P<part>{BODY.pattern})")
PLAIN_SIDES = frozenset(("l", "r", "lt", "rt", "lf", "rf", "lh", "rh", "fl", "fr", "hl", "hr"))
KNOWN = frozenset(f"{_WHERE} {_PLACE} {_PARTS_OF_A_BODY} ball nail skull rank lank frank rest lower rower".split())
