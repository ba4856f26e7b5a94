"""How sure a share is that was counted on some of many: so many of so many."""

import math
from statistics import NormalDist


def wilson(hits: int, count: int, *, sureness: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share, from 0 to 1: within it, the share of all lies with this sureness.

    Of nothing counted, (0, 1). Raises ValueError unless 0 <= hits <= count.
    """
    if not 0 <= hits <= count:
        raise ValueError(f"{hits} of {count} is no share; wanted hits from 0 to the count.")
    if count == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + sureness) / 2)
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    # to the very ends where all or none were hits, whatever rounding says
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == count else middle + half)
