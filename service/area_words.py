"""Area words: where a path of codes lies, in words (范围)."""

from casework.access import AreaPath
from geo.areas import Gazetteer
from service.words import Words


def area_name(scope: AreaPath, places: Gazetteer, words: Words) -> str:
    """Say an area in words, as deep as it goes; a code that no roster knows stays."""
    _, unit, township = (*scope, "", "")[:3]
    if not unit:
        return words("acc_all")
    name = places.unit(unit).name if places.has_unit(unit) else unit
    if not township:
        return name
    return name + (places.township(township).name if places.has_township(township) else township)
