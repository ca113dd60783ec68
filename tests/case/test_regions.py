"""The registry of regions: consistent, and generous in what it understands."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest

from theratwin.case import find_region, region, regions
from theratwin.core.errors import InputError

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"

SIDES = ("left", "right")
TOTAL_SEGMENTATOR = [
    *("spleen", "gallbladder", "liver", "stomach", "pancreas", "esophagus", "trachea"),
    *("thyroid_gland", "small_bowel", "duodenum", "colon", "urinary_bladder", "prostate"),
    *("sacrum", "heart", "aorta", "pulmonary_vein", "brachiocephalic_trunk"),
    *("superior_vena_cava", "inferior_vena_cava", "portal_vein_and_splenic_vein"),
    *("atrial_appendage_left", "lung_middle_lobe_right", "spinal_cord", "brain", "skull"),
    *("sternum", "costal_cartilages", "skeletal_muscle", "subcutaneous_fat"),
    *(
        f"{stem}_{side}"
        for side in SIDES
        for stem in (
            *("kidney", "adrenal_gland", "lung_upper_lobe", "lung_lower_lobe", "kidney_cyst"),
            *("subclavian_artery", "common_carotid_artery", "brachiocephalic_vein"),
            *("iliac_artery", "iliac_vena", "humerus", "scapula", "clavicula", "femur", "hip"),
            *("gluteus_maximus", "gluteus_medius", "gluteus_minimus", "autochthon", "iliopsoas"),
            *("parotid_gland", "submandibular_gland", "eye", "eye_lens"),
        )
    ),
    *(f"rib_{side}_{number}" for side in SIDES for number in range(1, 13)),
    *(f"vertebrae_C{number}" for number in range(1, 8)),
    *(f"vertebrae_T{number}" for number in range(1, 13)),
    *(f"vertebrae_L{number}" for number in range(1, 6)),
    "vertebrae_S1",
]


def test_every_parent_exists_and_no_region_is_part_of_itself():
    names = {each.name for each in regions()}
    for each in regions():
        assert set(each.parents) <= names, each.name
        assert each.name not in each.ancestors, each.name


def test_every_region_but_what_has_left_the_body_is_part_of_it():
    outside = [r.name for r in regions() if not r.is_part_of("whole_body")]
    assert outside == ["excreted_urine"]


def test_every_name_title_and_synonym_leads_to_its_region():
    for each in regions():
        for name in (each.name, each.title, *each.synonyms):
            assert region(name) is each


def test_sides_are_named_and_belong_together():
    left, right = region("kidney_left"), region("kidney_right")
    assert (left.side, right.side) == ("left", "right")
    assert region("kidneys").children[:2] == (left, right)
    assert {r.side for r in regions() if r.name.endswith("_left")} == {"left"}
    assert {r.side for r in regions() if r.name.endswith("_right")} == {"right"}


def test_parts_of_a_side_belong_to_that_side():
    parotid = region("parotid_gland_left")
    assert parotid.is_part_of("salivary_glands_left")
    assert not parotid.is_part_of("salivary_glands_right")
    assert parotid.is_part_of("salivary_glands")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Left Kidney", "kidney_left"),
        ("KIDNEY, RIGHT", "kidney_right"),
        ("kidney", "kidneys"),
        ("Submandibular", "submandibular_glands"),
        ("tum" + "our", "tumor"),  # as some label files spell it
        ("Heart contents (blood)", "heart_contents"),
        ("Red bone marrow", "red_marrow"),
        ("rest of body", "remainder"),
    ],
)
def test_common_names_are_understood(given, name):
    assert region(given).name == name


@pytest.mark.parametrize("label", TOTAL_SEGMENTATOR)
def test_labels_of_total_segmentator_are_understood(label):
    assert find_region(label) is not None


def test_organs_of_icrp_110_are_understood():
    archive = REFERENCE / "icrp110_phantoms" / "ICRPdata.tar.gz"
    if not archive.exists():
        pytest.skip("the ICRP-110 phantoms are not beside the project")
    with gzip.open(archive) as packed, tarfile.open(fileobj=packed) as files:
        member = next(each for each in files if each.name.endswith("AM_organs.dat"))
        text = files.extractfile(member).read().decode("latin-1")
    rows = [line[6:55].strip() for line in text.splitlines()[4:] if line[:4].strip().isdigit()]
    assert len(rows) == 140
    unknown = [name for name in rows if find_region(name) is None]
    assert unknown == ["Air inside body"]


def test_snomed_codes_are_numbers_and_shared_by_one_pair_at_most():
    coded = [each for each in regions() if each.snomed]
    assert all(each.snomed.isdigit() for each in coded)
    for code in {each.snomed for each in coded}:
        sharing = [each for each in coded if each.snomed == code]
        root = sharing[0].name
        assert all(each.is_part_of(root) for each in sharing)


@pytest.mark.parametrize(
    ("given", "nearest"), [("kidny", "kidneys"), ("parotis", "parotid_glands")]
)
def test_unknown_region_names_the_nearest(given, nearest):
    with pytest.raises(InputError, match=f"unknown region.*{given}.*{nearest}"):
        region(given)


def test_name_like_nothing_is_an_error_without_a_nearest_match():
    with pytest.raises(InputError, match="unknown region") as raised:
        region("niere")
    assert "nearest" not in str(raised.value)
