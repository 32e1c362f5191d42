"""Which colour profiles need converting."""

from PIL import ImageCms

from processing.recipes.profiles import is_srgb


def test_srgb_is_recognised():
    assert is_srgb(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def test_another_space_is_not_srgb():
    assert not is_srgb(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())


def test_rubbish_is_not_srgb():
    assert not is_srgb(b"")
    assert not is_srgb(b"\xff" * 500)
