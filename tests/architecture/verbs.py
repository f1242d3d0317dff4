"""The verbs a docstring may begin with, in their plain form; add one where one is missing."""

_VERBS = """
    accept acknowledge act add admit advance agree allow announce answer append apply arrange ask
    assert assign attach await balance begin bind block bound bring build cache call cancel carry
    cast catch change check choose claim clear clip close collect come commit compare compress
    compute configure confirm connect consume convert copy correct count create cut decide declare
    decline decode decorate deduplicate defer define delete deliver derive describe deserialize
    detect disconnect display divide do draw drop emit empty encode end ensure enter escape estimate
    evaluate exclude exit expand expect expire explain export expose extend extract fail fetch file
    fill filter find finish fit fix flatten fold follow forget form format free freeze gather
    generate get give go grant group guard guess handle have hide hold identify ignore import
    include increase increment infer insert inspect install interpret iterate join judge keep label
    lead learn leave let limit list listen load locate lock log look lower make map mark match
    measure merge mint move multiply name normalize note number observe offer omit open order owe
    pack pad pair parse pass pause pay pick ping place plan prefer prepare print propose prove
    publish pull put queue raise rank reach read rebuild recall receive recognise recompute record
    recount redraw reduce refresh refuse register reject release reload remember remove rename
    render renew repair repeat replace reply report request require reset resolve rest restart
    restore resume retry return reveal reverse rewrite round route run sample save say scale scan
    schedule score seal search seek seize select send separate serialize serve set settle shape
    shorten show shrink shut sign skip sleep sort spawn spend split spread stand start state stop
    store strip subscribe subtract sum summarize suppress sweep switch take tell terminate test tie
    trace track translate trim try turn undo unpack unseal update use validate verify visit wait
    wake walk warn watch weigh withdraw work wrap write yield
"""
VERBS = frozenset(_VERBS.split())


def is_verb(word: str) -> bool:
    """Whether a word is one of the verbs, plain or in the third person: load, loads, tries."""
    word = word.lower()
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    return word == "has" or not VERBS.isdisjoint(forms)
