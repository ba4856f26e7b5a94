"""How each pattern varies the colour of its material over a surface, in warp's language."""

import warp as wp

from sspcm.synthetic.surfaces import Pattern


@wp.func
def _chance_of_cell(i: int, j: int, k: int, seed: int) -> wp.uint32:
    return wp.rand_init(seed + i * 73856093, j * 19349663 + k * 83492791)


@wp.func
def colour_at(pattern: int, a: wp.vec3, b: wp.vec3, period: float, p: wp.vec3, n: wp.vec3, seed: int) -> wp.vec3:
    """The share of light that a place sends back: p on the layout, n its normal, a and b the material's two colours."""
    state = wp.rand_init(seed)
    # the two axes along the surface that it faces least
    u = p[0]
    v = p[1]
    if wp.abs(n[0]) > wp.max(wp.abs(n[1]), wp.abs(n[2])):
        u = p[1]
        v = p[2]
    elif wp.abs(n[1]) > wp.abs(n[2]):
        u = p[0]
        v = p[2]
    grain = 1.0 + 0.05 * wp.noise(state, p * 9.0) + 0.035 * wp.noise(state, p * 47.0)
    stain = 1.0 + 0.10 * wp.noise(state, p * 0.9)
    if pattern == Pattern.TILES:  # with joints, each a little different
        iu = wp.floor(u / period)
        iv = wp.floor(v / period)
        fu = u / period - iu
        fv = v / period - iv
        joint = wp.min(wp.min(fu, 1.0 - fu), wp.min(fv, 1.0 - fv)) * period
        own = 1.0 + 0.10 * (wp.randf(_chance_of_cell(int(iu), int(iv), 0, seed)) - 0.5)
        return wp.where(joint < 0.006, b, a * own) * grain * stain
    if pattern == Pattern.PLANKS:  # laid in a running bond
        row = wp.floor(v / (period * 0.35))
        shift = wp.randf(_chance_of_cell(int(row), 7, 1, seed))
        column = wp.floor(u / (period * 4.0) + shift)
        mix = wp.randf(_chance_of_cell(int(row), int(column), 2, seed))
        streak = wp.noise(state, wp.vec3(u * 2.0, v * 60.0, mix * 50.0))
        edge = v / (period * 0.35) - row
        dark = wp.where(wp.min(edge, 1.0 - edge) < 0.03, 0.7, 1.0)
        return (a * mix + b * (1.0 - mix)) * (1.0 + 0.16 * streak) * dark * stain
    if pattern == Pattern.CARPET:
        fine = wp.noise(state, p * 90.0)
        broad = wp.noise(state, p * (1.0 / period))
        mix = wp.clamp(0.5 + 0.9 * fine + 0.25 * broad, 0.0, 1.0)
        return (a * mix + b * (1.0 - mix)) * stain
    if pattern == Pattern.SPECKLE:  # terrazzo, concrete
        fine = wp.noise(state, p * (6.0 / period))
        speck = wp.where(fine > 0.33, 1.0, 0.0)
        return (a * (1.0 - speck) + b * speck) * grain * stain
    if pattern == Pattern.STRIPES:  # across the body
        s = p[2] / period - wp.floor(p[2] / period)
        return wp.where(s < 0.5, a, b) * grain
    if pattern == Pattern.CHECKS:
        fu = p[0] / period - wp.floor(p[0] / period)
        fv = p[2] / period - wp.floor(p[2] / period)
        m = 0.5 * wp.where(fu < 0.5, 1.0, 0.0) + 0.5 * wp.where(fv < 0.5, 1.0, 0.0)
        return (a * m + b * (1.0 - m)) * grain
    if pattern == Pattern.COLLAGE:  # posters, books, things on shelves
        iu = wp.floor(u / period + 0.4 * wp.noise(state, p * (0.7 / period)))
        iv = wp.floor(v / (period * 1.6))
        c = _chance_of_cell(int(iu), int(iv), int(wp.floor(n[0] * 2.0 + n[1] * 5.0)), seed)
        r = wp.randf(c)
        hue = wp.vec3(wp.randf(c), wp.randf(c), wp.randf(c))
        grey = (hue[0] + hue[1] + hue[2]) / 3.0
        tone = wp.vec3(grey, grey, grey) * 0.55 + hue * 0.45
        return wp.cw_mul(a * r + b * (1.0 - r), wp.vec3(0.3, 0.3, 0.3) + tone * 1.2) * grain
    if pattern == Pattern.GLOW:
        return a
    if pattern == Pattern.GRASS:  # and hedges
        fine = wp.noise(state, p * 31.0)
        broad = wp.noise(state, p * (1.0 / period))
        mix = wp.clamp(0.5 + 0.5 * fine + 0.7 * broad, 0.0, 1.0)
        return a * mix + b * (1.0 - mix)
    if pattern == Pattern.STRANDS:  # of hair
        strand = wp.noise(state, wp.vec3(p[0] * 160.0, p[1] * 60.0, p[2] * 14.0))
        return a * (1.0 + 0.45 * strand)
    if pattern == Pattern.CLOTH:  # with folds and prints
        fold = wp.noise(state, wp.vec3(p[0] * 7.0, p[1] * 7.0, p[2] * 3.0))
        print_ = wp.noise(state, p * (1.0 / period))
        m = wp.where(print_ > 0.28, 1.0, 0.0)
        return (a * (1.0 - m) + b * m) * (1.0 + 0.22 * fold) * grain
    return a * grain * stain
