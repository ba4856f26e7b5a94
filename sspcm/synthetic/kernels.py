"""What one ray sees and how that place is lit, in warp's language; `trace.py` sends the rays."""

import warp as wp

from sspcm.synthetic.camera import PROJECTIONS
from sspcm.synthetic.patterns import colour_at
from sspcm.synthetic.surfaces import Pattern

wp.set_module_options({"enable_backward": False, "fast_math": True})  # nobody differentiates a picture

FAR = 200.0
"""Metres within which rays are followed."""
ASKED = 1
"""How many lights a sample asks whether they are hidden."""
EQUISOLID = PROJECTIONS.index("equisolid")
STEREOGRAPHIC = PROJECTIONS.index("stereographic")


@wp.struct
class View:
    """The camera, the light without a place, and how samples are scattered."""

    origin: wp.vec3
    right: wp.vec3
    down: wp.vec3
    axis: wp.vec3
    cx: float
    cy: float
    radius: float
    rim: float
    projection: int
    ambient: wp.vec3
    sky: wp.vec3
    sun: wp.vec3
    sun_from: wp.vec3
    lamp: float
    seed: int
    scattered: int


@wp.func
def _direction(view: View, x: float, y: float) -> wp.vec3:
    # FisheyeCamera.rays for one pixel
    dx = x - view.cx
    dy = y - view.cy
    across = wp.sqrt(dx * dx + dy * dy)
    share = across / view.radius
    angle = share * view.rim
    if view.projection == EQUISOLID:
        angle = 2.0 * wp.asin(wp.min(share * wp.sin(view.rim / 2.0), 1.0))
    if view.projection == STEREOGRAPHIC:
        angle = 2.0 * wp.atan(share * wp.tan(view.rim / 2.0))
    inverse = 1.0 / wp.max(across, 1.0e-6)
    s = wp.sin(angle)
    return view.right * (dx * inverse * s) + view.down * (dy * inverse * s) + view.axis * wp.cos(angle)


@wp.func
def _blocked(mesh: wp.uint64, origin: wp.vec3, direction: wp.vec3, reach: float) -> bool:
    return wp.mesh_query_ray_anyhit(mesh, origin, direction, reach)


@wp.kernel
def shade(
    mesh: wp.uint64,
    view: View,
    xy: wp.array(dtype=wp.vec2),
    faces: wp.array(dtype=wp.int32),
    normals: wp.array(dtype=wp.vec3),
    layout: wp.array(dtype=wp.vec3),
    face_material: wp.array(dtype=wp.int32),
    face_person: wp.array(dtype=wp.int32),
    colour: wp.array(dtype=wp.vec3),
    other: wp.array(dtype=wp.vec3),
    look: wp.array(dtype=wp.vec3),
    light_at: wp.array(dtype=wp.vec3),
    light_u: wp.array(dtype=wp.vec3),
    light_v: wp.array(dtype=wp.vec3),
    radiance: wp.array(dtype=wp.vec3),
    out_albedo: wp.array(dtype=wp.vec3),
    out_lit: wp.array(dtype=wp.vec3),
    out_glow: wp.array(dtype=wp.vec3),
    out_person: wp.array(dtype=wp.int32),
    out_part: wp.array(dtype=wp.int32),
) -> None:
    i = wp.tid()
    out_part[i] = -1
    d = _direction(view, xy[i][0], xy[i][1])
    hit = wp.mesh_query_ray(mesh, view.origin, d, FAR)
    if not hit.result:
        out_albedo[i] = wp.vec3(0.0, 0.0, 0.0)
        out_lit[i] = wp.vec3(0.0, 0.0, 0.0)
        out_glow[i] = view.sky
        out_person[i] = -1
        return
    f0 = faces[hit.face * 3]
    f1 = faces[hit.face * 3 + 1]
    f2 = faces[hit.face * 3 + 2]
    w = 1.0 - hit.u - hit.v
    n = wp.normalize(normals[f0] * hit.u + normals[f1] * hit.v + normals[f2] * w)
    if wp.dot(n, d) > 0.0:
        n = -n
    p = view.origin + d * hit.t
    laid = layout[f0] * hit.u + layout[f1] * hit.v + layout[f2] * w
    m = face_material[hit.face]
    pattern = int(look[m][0])
    albedo = colour_at(pattern, colour[m], other[m], look[m][1], laid, n, view.seed + m * 131)
    out_person[i] = face_person[hit.face]
    side = 0
    if out_person[i] < 0:  # the sides of a box are lit apart
        side = 1 + int(wp.argmax(wp.vec3(wp.abs(n[0]), wp.abs(n[1]), wp.abs(n[2]))))
        side = side * 2 + wp.where(n[0] + n[1] + n[2] > 0.0, 1, 0)
    out_part[i] = m * 8 + side
    if pattern == Pattern.GLOW:
        out_albedo[i] = wp.vec3(0.0, 0.0, 0.0)
        out_lit[i] = wp.vec3(0.0, 0.0, 0.0)
        out_glow[i] = albedo
        return
    start = p + n * 2.0e-3
    state = wp.rand_init(view.seed, i)
    # Neighbours in a 4 x 4 block look into different sixteenths of every solid angle: smoothing then leaves no grain.
    block = (int(xy[i][0]) & 3) + 4 * (int(xy[i][1]) & 3)
    if view.scattered == 1:
        block = i
    part = (block * 7 + 3) & 15
    part_u = (float(part & 3) + wp.randf(state)) / 4.0
    part_v = (float(part >> 2) + wp.randf(state)) / 4.0
    # ambient light, dimmer in corners and under things
    height = 2.0 * part_u - 1.0
    across = wp.sqrt(wp.max(1.0 - height * height, 0.0))
    around = 6.2831853 * part_v
    away = wp.normalize(n + wp.vec3(across * wp.cos(around), across * wp.sin(around), height) * 0.98)
    lit = view.ambient * 0.45
    if not _blocked(mesh, start, away, 1.1):
        lit = view.ambient
    glow = wp.vec3(0.0, 0.0, 0.0)
    gloss = look[m][2]
    mirrored = d - n * (2.0 * wp.dot(d, n))
    mirrored = wp.normalize(mirrored + wp.sample_unit_sphere_surface(state) * 0.06)
    # Of many lights each sample asks only some whether they are hidden; its neighbours ask the others. What it asked
    # stands for all, in proportion, which is exact wherever no shadow falls.
    lights = light_at.shape[0]
    asked = wp.vec3(0.0, 0.0, 0.0)
    arrived = wp.vec3(0.0, 0.0, 0.0)
    whole = wp.vec3(0.0, 0.0, 0.0)
    for j in range(lights):
        to = light_at[j] + light_u[j] * (part_u * 2.0 - 1.0) + light_v[j] * (part_v * 2.0 - 1.0) - start
        away_by = wp.length(to)
        to = to / away_by
        across_light = wp.cross(light_u[j], light_v[j])
        facing = wp.normalize(across_light)
        area = 4.0 * wp.length(across_light)
        falls = wp.dot(n, to)
        leaves = wp.abs(wp.dot(facing, to))
        if falls > 0.0:
            full = radiance[j] * (falls * leaves * area / (3.14159 * wp.max(away_by * away_by, 0.15)))
            whole += full
            if (part + j) % lights < ASKED:
                asked += full
                if not _blocked(mesh, start, to, away_by - 0.02):
                    arrived += full
        if gloss > 0.0:  # the lights mirrored in a polished floor
            slope = wp.dot(mirrored, facing)
            if wp.abs(slope) > 1.0e-4:
                t = wp.dot(light_at[j] - start, facing) / slope
                if t > 0.0:
                    q = start + mirrored * t - light_at[j]
                    qu = wp.dot(q, light_u[j]) / wp.length_sq(light_u[j])
                    qv = wp.dot(q, light_v[j]) / wp.length_sq(light_v[j])
                    if wp.abs(qu) < 1.0 and wp.abs(qv) < 1.0:
                        glow += radiance[j] * gloss
    for c in range(3):
        if asked[c] > 1.0e-6:
            lit[c] += arrived[c] * wp.min(whole[c] / asked[c], 12.0)
    if wp.length_sq(view.sun) > 0.0:
        falls = wp.dot(n, view.sun_from)
        if falls > 0.0:
            toward = wp.normalize(view.sun_from + wp.sample_unit_sphere_surface(state) * 0.012)
            if not _blocked(mesh, start, toward, FAR):
                lit += view.sun * falls
    if view.lamp > 0.0:
        lit += wp.vec3(1.0, 1.0, 1.0) * (view.lamp * wp.max(wp.dot(n, -d), 0.0) / wp.max(hit.t * hit.t, 0.3))
    out_albedo[i] = albedo
    out_lit[i] = lit
    out_glow[i] = glow


@wp.kernel
def first_hits(
    mesh: wp.uint64,
    origin: wp.vec3,
    directions: wp.array(dtype=wp.vec3),
    face_person: wp.array(dtype=wp.int32),
    out_far: wp.array(dtype=float),
    out_person: wp.array(dtype=wp.int32),
) -> None:
    i = wp.tid()
    hit = wp.mesh_query_ray(mesh, origin, directions[i], FAR)
    out_far[i] = wp.where(hit.result, hit.t, FAR)
    out_person[i] = -1
    if hit.result:
        out_person[i] = face_person[hit.face]


@wp.kernel
def smooth_within(
    lit: wp.array2d(dtype=wp.vec3),
    part: wp.array2d(dtype=wp.int32),
    out: wp.array2d(dtype=wp.vec3),
) -> None:
    """The mean over the 4 x 4 pixels around each that show the same part of the same surface."""
    y, x = wp.tid()
    total = wp.vec3(0.0, 0.0, 0.0)
    count = float(0.0)  # noqa: UP018, a variable in warp, a constant without float()
    own = part[y, x]
    for dy in range(-2, 2):
        for dx in range(-2, 2):
            v = y + dy
            u = x + dx
            # nested: warp computes both sides of an `and`, and the right one would read outside the picture
            if v >= 0 and u >= 0 and v < part.shape[0] and u < part.shape[1]:  # noqa: SIM102
                if part[v, u] == own:
                    total += lit[v, u]
                    count += 1.0
    out[y, x] = total / wp.max(count, 1.0)
