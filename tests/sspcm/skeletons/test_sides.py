"""Left and right are told by names, in every convention that the field publishes, and never by accident."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.skeletons.sides import mirror_by_name, unpaired_sides

# One convention a line: its keypoints, "left/right" for a pair and a name alone for one in the middle. Of mmpose's
# dataset files unless said: their `swap` is the truth; of the others, the partner is what any reader would say.
PUBLISHED = {
    "COCO-17": "nose, left_eye/right_eye, left_ear/right_ear, left_shoulder/right_shoulder, left_elbow/right_elbow, "
    "left_wrist/right_wrist, left_hip/right_hip, left_knee/right_knee, left_ankle/right_ankle",
    "MPII": "right_ankle/left_ankle, right_knee/left_knee, right_hip/left_hip, pelvis, thorax, upper_neck, head_top, "
    "right_wrist/left_wrist, right_elbow/left_elbow, right_shoulder/left_shoulder",
    "MPII, r_": "r_ankle/l_ankle, r_knee/l_knee, r_hip/l_hip, pelvis, thorax, upper_neck, head_top, r_wrist/l_wrist, "
    "r_elbow/l_elbow, r_shoulder/l_shoulder",
    "MPII, short": "rank/lank, rkne/lkne, rhip/lhip, pelv, thrx, neck, head, rwri/lwri, relb/lelb, rsho/lsho",
    "MPII-TRB": "left_neck/right_neck, medial_right_shoulder/medial_left_shoulder, lateral_right_bow/lateral_left_bow, "
    "medial_left_ankle/medial_right_ankle",
    "MPI-INF-3DHP": "head_top, neck, right_shoulder/left_shoulder, right_hip/left_hip, root, spine, head",
    "MPI-INF-3DHP, the authors'": "spine3, spine4, spine2, spine, pelvis, neck, head, head_top, left_clavicle/"
    "right_clavicle, left_shoulder/right_shoulder, left_hand/right_hand, left_toe/right_toe",
    "AI Challenger": "right_shoulder/left_shoulder, right_elbow/left_elbow, right_wrist/left_wrist, "
    "right_hip/left_hip, right_knee/left_knee, right_ankle/left_ankle, head_top, neck",
    "CrowdPose": "left_shoulder/right_shoulder, left_hip/right_hip, top_head, neck",
    "PoseTrack 18": "nose, head_bottom, head_top, left_ear/right_ear, left_shoulder/right_shoulder, left_hip/right_hip",
    "Halpe-26": "nose, left_eye/right_eye, left_ear/right_ear, head, neck, hip, left_big_toe/right_big_toe, "
    "left_small_toe/right_small_toe, left_heel/right_heel",
    "JRDB-Pose": "head, right eye/left eye, right shoulder/left shoulder, center shoulder, center hip, "
    "right foot/left foot",
    "OpenPose BODY_25": "Nose, Neck, RShoulder/LShoulder, RElbow/LElbow, RWrist/LWrist, MidHip, RHip/LHip, "
    "RKnee/LKnee, RAnkle/LAnkle, REye/LEye, REar/LEar, LBigToe/RBigToe, LSmallToe/RSmallToe, LHeel/RHeel",
    "CMU, COCO order": "nose, neck, Rsho/Lsho, Relb/Lelb, Rwri/Lwri, Rhip/Lhip, Rkne/Lkne, Rank/Lank, Leye/Reye, "
    "Lear/Rear",
    "CMU Panoptic": "neck, nose, bodyCenter, lShoulder/rShoulder, lElbow/rElbow, lWrist/rWrist, lHip/rHip, "
    "lKnee/rKnee, lAnkle/rAnkle, lEye/rEye, lEar/rEar",
    "SPIN": "OP Nose, OP Neck, OP RShoulder/OP LShoulder, OP LBigToe/OP RBigToe, OP MidHip, Right Ankle/Left Ankle, "
    "Left Hip/Right Hip, Neck (LSP), Top of Head (LSP), Pelvis (MPII), Spine (H36M), Jaw (H36M), Left Eye/Right Eye",
    "H36M": "Hip, RHip/LHip, RKnee/LKnee, RFoot/LFoot, Spine, Thorax, Neck/Nose, Head, LShoulder/RShoulder, "
    "LElbow/RElbow, LWrist/RWrist",
    "H36M, hip_R": "pelvis, hip_R/hip_L, knee_R/knee_L, foot_R/foot_L, spine, neck, head, shoulder_L/shoulder_R",
    "H36M, short": "root, rhip/lhip, rkne/lkne, rank/lank, belly, neck, nose, head, lsho/rsho, lelb/relb, lwri/rwri",
    "LSP": "Right ankle/Left ankle, Right knee/Left knee, Right hip/Left hip, Neck, Head top",
    "FLIC": "lsho/rsho, lelb/relb, lwri/rwri, lhip/rhip, lkne/rkne, lank/rank, leye/reye, lear/rear, nose, msho, mhip, "
    "mear, mtorso, mluarm/mruarm, mllarm/mrlarm, mluleg/mruleg, mllleg/mrlleg",
    "BlazePose": "nose, left_eye_inner/right_eye_inner, left_eye/right_eye, left_eye_outer/right_eye_outer, "
    "left_ear/right_ear, mouth_left/mouth_right, left_pinky/right_pinky, left_foot_index/right_foot_index",
    "ML Kit": "nose, leftEyeInner/rightEyeInner, leftEar/rightEar, mouthLeft/mouthRight, leftPinky/rightPinky",
    "Kinect 2": "SPINE_BASE, SPINE_MID, NECK, HEAD, SHOULDER_LEFT/SHOULDER_RIGHT, HAND_TIP_LEFT/HAND_TIP_RIGHT, "
    "THUMB_LEFT/THUMB_RIGHT, FOOT_LEFT/FOOT_RIGHT, SPINE_SHOULDER",
    "Azure Kinect": "K4ABT_JOINT_PELVIS, K4ABT_JOINT_NECK, K4ABT_JOINT_CLAVICLE_LEFT/K4ABT_JOINT_CLAVICLE_RIGHT, "
    "K4ABT_JOINT_HANDTIP_LEFT/K4ABT_JOINT_HANDTIP_RIGHT, K4ABT_JOINT_NOSE, K4ABT_JOINT_EYE_LEFT/K4ABT_JOINT_EYE_RIGHT",
    "SMPL": "Pelvis, L_Hip/R_Hip, Spine1, L_Knee/R_Knee, Spine2, L_Ankle/R_Ankle, Spine3, L_Foot/R_Foot, Neck, "
    "L_Collar/R_Collar, Head, L_Shoulder/R_Shoulder, L_Elbow/R_Elbow, L_Wrist/R_Wrist, L_Hand/R_Hand",
    "SMPL-X": "pelvis, left_hip/right_hip, spine1, left_collar/right_collar, jaw, left_eye_smplhf/right_eye_smplhf, "
    "left_index1/right_index1, left_pinky3/right_pinky3",
    "SMPL vertices": "nose, reye/leye, rear/lear, rthumb/lthumb, rindex/lindex, rmiddle/lmiddle, rring/lring, "
    "rpinky/lpinky, LBigToe/RBigToe, LSmallToe/RSmallToe, LHeel/RHeel",
    "Plug-in Gait": "LFHD/RFHD, LBHD/RBHD, C7, T10, CLAV, STRN, RBAK, LSHO/RSHO, LUPA/RUPA, LELB/RELB, LFRM/RFRM, "
    "LWRA/RWRA, LWRB/RWRB, LFIN/RFIN, LASI/RASI, LPSI/RPSI, LTHI/RTHI, LKNE/RKNE, LTIB/RTIB, LANK/RANK, LHEE/RHEE, "
    "LTOE/RTOE",
    "a gait laboratory's own": "LASI/RASI, LGTR/RGTR, LFLE/RFLE, LFME/RFME, LFCC/RFCC, LMT1/RMT1, SACR, C7",
    "OpenSim": "ground, pelvis, femur_r/femur_l, tibia_r/tibia_l, talus_r/talus_l, calcn_r/calcn_l, toes_r/toes_l",
    "Theia": "pelvis, l_thigh/r_thigh, l_shank/r_shank, l_foot/r_foot, l_toes/r_toes, l_uarm/r_uarm, l_larm/r_larm",
    "CMU motion capture": "root, lhipjoint/rhipjoint, lfemur/rfemur, ltibia/rtibia, lfoot/rfoot, ltoes/rtoes, "
    "lowerback, upperback, thorax, lowerneck, upperneck, head, lclavicle/rclavicle, lhumerus/rhumerus, "
    "lradius/rradius, lwrist/rwrist, lhand/rhand, lfingers/rfingers, lthumb/rthumb",
    "Shadowbane": "ROOT, LHIPJOINT/RHIPJOINT, LFEMUR/RFEMUR, LTIBIA/RTIBIA, LSHEATHSPACER/RSHEATHSPACER, LOWERBACK, "
    "UPPERBACK, NECKJOINT, HELM, LHUMERUS/RHUMERUS, LRADIUS/RRADIUS, LHELD/RHELD",
    "Mixamo": "mixamorig:Hips, mixamorig:LeftUpLeg/mixamorig:RightUpLeg, mixamorig:LeftToeBase/mixamorig:RightToeBase, "
    "mixamorig:Spine1, mixamorig:LeftForeArm/mixamorig:RightForeArm",
    "Unity": "Hips, LeftUpperLeg/RightUpperLeg, LeftLowerArm/RightLowerArm, Spine, UpperChest, LeftToes/RightToes, "
    "LeftThumbProximal/RightThumbProximal",
    "Unreal": "pelvis, spine_01, clavicle_l/clavicle_r, upperarm_l/upperarm_r, calf_twist_01_l/calf_twist_01_r, "
    "thumb_01_l/thumb_01_r, ball_l/ball_r, ik_foot_l/ik_foot_r, head",
    "Blender": "spine, hand.L/hand.R, thigh.L.001/thigh.R.001, DEF-shin.L/DEF-shin.R, f_index.01.L/f_index.01.R",
    "3ds Max": "Bip01, Bip01 Pelvis, Bip01 L Thigh/Bip01 R Thigh, Bip01 L Toe0/Bip01 R Toe0, Bip01 Spine",
    "Valve": "ValveBiped.Bip01_Head1, ValveBiped.Bip01_L_UpperArm/ValveBiped.Bip01_R_UpperArm",
    "VRoid": "J_Bip_C_Hips, J_Bip_L_UpperLeg/J_Bip_R_UpperLeg, J_Bip_L_Hand/J_Bip_R_Hand, J_Adj_L_FaceEye/"
    "J_Adj_R_FaceEye",
    "Daz": "lShldrBend/rShldrBend, lForearmBend/rForearmBend, lHand/rHand, lThumb2/rThumb2, lMid1/rMid1, lEar/rEar, "
    "lThighBend/rThighBend, abdomenUpper, hip, head, neck",
    "ARKit": "root, hips_joint, left_upLeg_joint/right_upLeg_joint, left_toesEnd_joint/right_toesEnd_joint, "
    "spine_7_joint, left_shoulder_1_joint/right_shoulder_1_joint, left_handIndex_1_joint/right_handIndex_1_joint",
    "ARKit's face": "eyeBlinkLeft/eyeBlinkRight, browInnerUp, jawOpen, mouthSmileLeft/mouthSmileRight",
    "DeepFashion": "left collar/right collar, left sleeve/right sleeve, left waistline/right waistline",
    "CarFusion": "Right Front Wheel/Left Front Wheel, Right Back HeadLight/Left Back HeadLight, Exhaust, misc",
    "AP-10K": "L_Eye/R_Eye, Nose, Neck, Root of tail, L_Shoulder/R_Shoulder, L_Elbow/R_Elbow, L_F_Paw/R_F_Paw, "
    "L_Hip/R_Hip, L_Knee/R_Knee, L_B_Paw/R_B_Paw",
    "Animal-Pose": "L_Eye/R_Eye, L_EarBase/R_EarBase, Nose, Throat, TailBase, Withers, L_F_Elbow/R_F_Elbow, "
    "L_B_Elbow/R_B_Elbow, L_F_Knee/R_F_Knee, L_B_Knee/R_B_Knee, L_F_Paw/R_F_Paw, L_B_Paw/R_B_Paw",
    "Animal-Pose, the authors'": "Left eye/Right eye, Nose, Left earbase/Right earbase, Left front paw/Right front paw",
    "ATRW": "left_ear/right_ear, nose, right_front_paw/left_front_paw, right_back_paw/left_back_paw, tail, center",
    "Animal Kingdom": "Head_Mid_Top, Eye_Left/Eye_Right, Mouth_Front_Top, Mouth_Back_Left/Mouth_Back_Right, "
    "Torso_Mid_Back, Tail_End_Back",
    "SuperAnimal quadruped": "nose, upper_jaw, lower_jaw, mouth_end_right/mouth_end_left, right_eye/left_eye, "
    "right_earbase/left_earbase, right_antler_end/left_antler_end, neck_base, back_base, back_middle, tail_end, "
    "front_left_thai/front_right_thai, back_left_paw/back_right_paw, belly_bottom, body_middle_left/body_middle_right",
    "SuperAnimal mouse": "nose, left_ear/right_ear, left_ear_tip/right_ear_tip, neck, mid_backend2, tail1, "
    "left_midside/right_midside, head_midpoint",
    "fly": "head, eyeL/eyeR, neck, thorax, abdomen, forelegR1/forelegL1, forelegR4/forelegL4, midlegR2/midlegL2, "
    "hindlegR3/hindlegL3, wingL/wingR",
    "locust": "abdomen1, abdomen2, anttipL/anttipR, antbaseL/antbaseR, eyeL/eyeR, forelegL1/forelegR1, "
    "hindlegL4/hindlegR4",
    "NeuroMechFly": "LFCoxa/RFCoxa, LMFemur/RMFemur, LHTarsus5/RHTarsus5, LAntenna/RAntenna, Head",
    "Anipose fly": "L1A/R1A, L1B/R1B, L2A/R2A, L3C/R3C",
    "zebra": "snout, head, neck, forelegL1/forelegR1, hindlegL1/hindlegR1, tailbase, tailtip",
    "Horse-10": "Nose, Eye, Nearknee/Offknee, Nearfrontfetlock/Offfrontfetlock, Nearfrontfoot/Offfrontfoot, Shoulder, "
    "Midshoulder, Elbow, Girth, Wither, Nearhindhock/Offhindhock, Nearhindfetlock/Offhindfetlock, "
    "Nearhindfoot/Offhindfoot, Hip, Stifle, Ischium",
    "3DPOP": "hd_beak, hd_nose, hd_leftEye/hd_rightEye, bp_leftShoulder/bp_rightShoulder, bp_topKeel, bp_tail",
    "Rat 7M": "HeadF, HeadB, HeadL, SpineF, SpineM, SpineL, Offset1, Offset2, HipL/HipR, ElbowL/ElbowR, ArmL/ArmR, "
    "ShoulderL/ShoulderR, KneeR/KneeL, ShinL/ShinR",
    "IBL": "pupil_top_r, pupil_bottom_r, nose_tip, tube_top, tongue_end_r/tongue_end_l, paw_r/paw_l",
    "a mouse from below": "paw1LH/paw4RH, paw2LF/paw3RF, tailBase, tailMid, nose",
    "DeepLabCut": "snout, leftear/rightear, shoulder, spine1, tailbase, leftpaw/rightpaw, forelimb_L/forelimb_R",
    "SLEAP": "nose, earL/earR, EarL2/EarR2, Lhip/Rhip, kneeL/kneeR, L ear/R ear, ear_left/ear_right, tail_tip",
    "two letters": "FL/FR, RL/RR, body",
    "two letters, side first": "LF_knee/RF_knee, LH_knee/RH_knee, tail",
    "three letters": "LFP/RFP, LHP/RHP",
    "corners": "TL/TR, BL/BR, centre",
    "lower case, glued": "lhip/rhip, kneel/kneer, lfpaw/rfpaw, forelegl1/forelegr1, lpin/rpin, tail, heel, lower_lip",
    "glued capitals": "HEADL/HEADR, HNDL/HNDR, FOTL/FOTR, TAIL, HEEL",
    "lft and rgt": "ear_lft/ear_rgt, rt_eye/lt_eye, LtPaw/RtPaw, nose",
    "numbered": "1_nose, 2_left_eye/3_right_eye, 4_left_ear/5_right_ear",
    "digit and letter": "1L/1R, 2L/2R, L3/R3",
    "brackets": "Eye (left)/Eye (right), [L] paw/[R] paw, ear:L/ear:R",
    "mixed case": "Left Eye/Right eye, LEFT_ear/Right_ear, lEFT hip/right HIP",
    "both at once": "left_eye_left/right_eye_right, left_eye_right/right_eye_left",
    "Spanish": "nariz, ojo izquierdo/ojo derecho, oreja_izquierda/oreja_derecha, mano_izq/mano_der, pie_izda/pie_dcha, "
    "hombro_i/hombro_d",
    "French": "nez, œil gauche/œil droit, oreille_gauche/oreille_droite, Épaule gauche/Epaule droite, "
    "épaule_g/épaule_d, genouG/genouD",
    "Russian, letters": "нос, плечо_л/плечо_п, колено_л/колено_п",
    "German": "Nase, linkes Auge/rechtes Auge, ohr_links/ohr_rechts, LinkerArm/RechterArm, Hüfte rechts/Hüfte links",
    "Portuguese": "nariz, olho_esquerdo/olho_direito, orelhaEsquerda/orelhaDireita, mao_esq/mao_dir",
    "Italian": "naso, occhio_sx/occhio_dx, orecchio sinistro/orecchio destro, spalla_sinistra/spalla_destra",
    "Dutch": "neus, linkeroog/rechteroog, knie_links/knie_rechts",
    "Swedish": "näsa, vänster öga/höger öga",
    "Danish and Norwegian": "næse, venstre øje/højre øje, venstre_kne/høyre_kne",
    "Polish": "nos, lewe oko/prawe oko",
    "Turkish": "burun, sol göz/sağ göz",
    "German, short": "Nase, Knie_li/Knie_re, Schulter li/Schulter re",
    "Ukrainian": "ніс, ліве плече/праве плече, лівий лікоть/правий лікоть",
    "Russian": "нос, левый глаз/правый глаз, левое_ухо/правое_ухо",
    "Greek": "μύτη, αριστερό μάτι/δεξί μάτι",
    "Chinese": "鼻子, 左眼/右眼, 左手1/右手1",
    "Japanese": "鼻, 左目/右目, ひだりて/みぎて",
    "Korean": "코, 왼쪽 눈/오른쪽 눈, 좌측어깨/우측어깨",
    "Arabic": "أنف, عين يسار/عين يمين",
    "Hebrew": "אף, עין שמאל/עין ימין",
    "Hindi": "नाक, बायां कान/दायां कान, बायां घुटना/दायां घुटना",
}
WHOLE_IN_THE_MIDDLE = {"Neck/Nose"}
"""H36M's one name for the neck or the nose."""


def _listed(text: str) -> tuple[list[str], set[frozenset[str]]]:
    items = [item.strip() for item in text.split(",")]
    pairs = [item.split("/") for item in items if "/" in item and item not in WHOLE_IN_THE_MIDDLE]
    paired = {name for pair in pairs for name in pair}
    middle = [item for item in items if item in WHOLE_IN_THE_MIDDLE or "/" not in item]
    assert not paired & set(middle)
    return [left for left, _ in pairs] + middle + [right for _, right in pairs], {frozenset(pair) for pair in pairs}


def _pairs(names: list[str]) -> set[frozenset[str]]:
    return {frozenset((names[i], names[j])) for i, j in enumerate(mirror_by_name(names)) if i != j}


@pytest.mark.parametrize("text", PUBLISHED.values(), ids=PUBLISHED)
def test_a_published_convention_gives_its_pairs_and_no_other(text: str) -> None:
    names, wanted = _listed(text)
    assert _pairs(names) == wanted


def test_the_133_of_coco_wholebody_pair_by_name_and_its_face_by_the_published_table() -> None:
    hand = ["hand_root", *(f"{f}{i}" for f in ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
                           for i in range(1, 5))]  # fmt: skip
    body = ["eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "big_toe", "small_toe", "heel"]
    face = [f"face-{i}" for i in range(68)]
    names = ["nose", *(f"{side}_{part}" for part in body + hand for side in ("left", "right")), *face]
    pairs = _pairs(names)
    assert (len(names), len(pairs)) == (133, 11 + 21 + 29)
    for one, other in ((0, 16), (7, 9), (17, 26), (21, 22), (31, 35), (36, 45), (39, 42), (40, 47), (48, 54), (60, 64),
                       (67, 65), (55, 59)):  # fmt: skip
        assert frozenset((f"face-{one}", f"face-{other}")) in pairs
    middle = {8, 27, 28, 29, 30, 33, 51, 57, 62, 66}
    assert {f"face-{i}" for i in middle} == set(face) - {name for pair in pairs for name in pair}
    assert unpaired_sides(names) == ()


def test_a_face_counted_from_one_pairs_alike_and_part_of_one_not_at_all() -> None:
    assert len(_pairs([f"face_{i}" for i in range(1, 69)])) == 29
    assert _pairs([f"face-{i}" for i in range(67)]) == set()
    assert _pairs([f"kpt-{i}" for i in range(68)]) == set()


@pytest.mark.parametrize(
    "text",
    [
        "ball, barr",
        "el, er",
        "tail, tair",
        "heel, heer",
        "nose, collar, pelvis, shoulder, hair, jaw",
        "lower_lip, rower_rip",
        "lower, rower, lip, rip, leg, reg",
        "tail, tair, heel, heer, nail, nair, skull, skulr, lower, rower",
        "bright, bleft",
        "upright, upleft",
        "leftover, rightover",
        "left_eye, nose",
        "LShoulder, RHip",
        "left_eye, right_ear",
        "left_eye, eye_right",
        "left_eye, r_eye",
        "left_1, right_2",
        "forelegL1, forelegR2",
        "left_eye, right_eye, Right Eye",
        "L_eye, R_eye, LEye",
        "near_foot, far_foot",
        "near_foot, off_foot, far_foot",
        "point_l1, point_l2",
        "lumbar, rumbar",
        "a, b",
        "point_g, point_d",
        "point_i, point_d",
    ],
)
def test_nothing_is_paired_by_accident(text: str) -> None:
    assert _pairs([name.strip() for name in text.split(",")]) == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Lhip, Rknee, nose", ("Lhip", "Rknee")),
        ("left_eye, right_eye, left_ear", ("left_ear",)),
        ("left_eye, right_eye, Right Eye", ("left_eye", "right_eye", "Right Eye")),
        ("earL, SpineM, HeadL, shoulder", ("earL", "HeadL")),
        ("bright, upright, leftover, leader, river, collar, ear, rear, rank, hair, L5, left", ()),
        ("LShoulder, RShoulder", ()),
    ],
)
def test_names_that_look_sided_but_have_no_partner_are_told(text: str, told: tuple[str, ...]) -> None:
    assert unpaired_sides([name.strip() for name in text.split(",")]) == told


def test_a_mirror_that_pairs_nothing_leaves_every_side_without_partner() -> None:
    names = ["nose", "left_eye", "right_eye"]
    assert unpaired_sides(names, range(3)) == ("left_eye", "right_eye")


BASES = ["eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "front_paw", "big_toe"]
CONVENTIONS: dict[str, Callable[[str, bool], str]] = {
    "left_eye": lambda base, right: f"{'right' if right else 'left'}_{base}",
    "eye_left": lambda base, right: f"{base}_{'right' if right else 'left'}",
    "LEFT EYE": lambda base, right: f"{'right' if right else 'left'} {base}".upper().replace("_", " "),
    "leftEye": lambda base, right: ("right" if right else "left") + base.title().replace("_", ""),
    "EyeLeft": lambda base, right: base.title().replace("_", "") + ("Right" if right else "Left"),
    "lefteye": lambda base, right: ("right" if right else "left") + base.replace("_", ""),
    "LEye": lambda base, right: ("R" if right else "L") + base.title().replace("_", ""),
    "EyeL": lambda base, right: base.title().replace("_", "") + ("R" if right else "L"),
    "Leye": lambda base, right: ("R" if right else "L") + base.replace("_", ""),
    "leye": lambda base, right: ("r" if right else "l") + base.replace("_", ""),
    "eyel": lambda base, right: base.replace("_", "") + ("r" if right else "l"),
    "LEYE": lambda base, right: ("R" if right else "L") + base.upper().replace("_", ""),
    "l-eye": lambda base, right: f"{'r' if right else 'l'}-{base}",
    "eye.L": lambda base, right: f"{base}.{'R' if right else 'L'}",
    "x:eye.l.001": lambda base, right: f"x:{base}.{'r' if right else 'l'}.001",
    "eye_izq": lambda base, right: f"{base}_{'der' if right else 'izq'}",
    "左eye": lambda base, right: f"{'右' if right else '左'}{base}",
}


@given(
    st.sampled_from(sorted(CONVENTIONS)),
    st.lists(st.sampled_from(BASES), unique=True, min_size=1),
    st.lists(st.sampled_from(["nose", "neck", "tail", "head_top", "pelvis"]), unique=True),
    st.randoms(use_true_random=False),
)
def test_a_list_made_by_any_convention_gives_all_its_pairs(
    convention: str, bases: list[str], middle: list[str], chance: Random
) -> None:
    said = CONVENTIONS[convention]
    wanted = {frozenset((said(base, False), said(base, True))) for base in bases}
    names = [*middle, *(name for pair in wanted for name in pair)]
    chance.shuffle(names)
    assert _pairs(names) == wanted


SIDED = st.sampled_from(
    ["left", "right", "l", "r", "L", "R", "Left", "izq", "der", "near", "off", "左", "右", "face", "LF"]
)
PIECES = st.lists(st.one_of(SIDED, st.sampled_from([*BASES, "_", "-", " ", "1", "2"]), st.text(max_size=2)), max_size=5)
NAMES = st.lists(PIECES.map("".join), unique=True, max_size=12)


@given(NAMES)
def test_pairing_is_its_own_inverse_whatever_the_names(names: list[str]) -> None:
    mirror = mirror_by_name(names)
    assert [mirror[i] for i in mirror] == list(range(len(names)))


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_the_keypoints_does_not_matter(names: list[str], chance: Random) -> None:
    shuffled = list(names)
    chance.shuffle(shuffled)
    assert _pairs(shuffled) == _pairs(names)


@given(st.lists(st.sampled_from(BASES), unique=True, min_size=1), st.data())
def test_the_case_of_a_whole_word_does_not_matter(bases: list[str], data: st.DataObject) -> None:
    cases = st.sampled_from([str.lower, str.upper, str.title])
    pairs = [[data.draw(cases)(f"{side}_{base}") for side in ("left", "right")] for base in bases]
    assert _pairs([name for pair in pairs for name in pair]) == {frozenset(pair) for pair in pairs}


@pytest.mark.parametrize("name", ["forearm" * 4000, "l" * 20000, "left" * 5000, "lr_" * 5000, "hipfront" * 3000 + "x"])
def test_a_name_as_long_as_a_book_costs_no_time(name: str) -> None:
    assert mirror_by_name([name, f"{name}r", "nose"])[2] == 2
