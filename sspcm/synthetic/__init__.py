"""Overhead-fisheye scenes of people, drawn with exact keypoints. Needs the extra `synth` (anny and warp).

body         anny's bodies, posed, with their joints
building     a room while it is being furnished
camera       a fisheye camera: points to pixels and back
camera_file  a camera of your own, from TOML
crowd        people in a room, nobody inside anybody
drawing      a folder of drawn scenes, which grows and goes on after a kill
furniture    tables, chairs, cupboards, plants, clutter
kernels      what one ray sees and how it is lit
looks        random colours and materials of rooms
orphans      workers that end with the process that started them
patterns     tiles, planks, cloth: colour over a surface
people       skin, clothes, hair, bags
poses        poses within what joints allow
rooms        offices, corridors, halls, yards
scenes       one drawn scene, and the truth about everybody in it
sensor       from light to the file that a camera writes
shell        floor, walls, ceiling, and the light that comes from them
space        what of a room is taken
surfaces     triangles with a look
trace        rays through a scene, by warp
warp_words   keeps warp's greeting off standard output
"""
