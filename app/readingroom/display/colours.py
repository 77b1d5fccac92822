"""Colours that DICOM recommends, as the glass shows them."""

Rgb = tuple[int, int, int]
"""Red, green and blue from 0 to 255, sRGB."""

_TO_LINEAR = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
"""XYZ under D50 to linear sRGB, adapted to D65 after Bradford."""
_WHITE_D50 = (0.9642, 1.0, 0.8249)


def rgb_of_cielab(encoded: tuple[float, ...]) -> Rgb | None:
    """A CIELab colour encoded in three 16-bit words (PS3.3 C.10.7.1.1) as sRGB; None where it is no colour."""
    if len(encoded) != 3 or not all(0 <= part <= 65535 for part in encoded):
        return None
    lightness, a, b = encoded[0] * 100 / 65535, encoded[1] * 255 / 65535 - 128, encoded[2] * 255 / 65535 - 128
    y = (lightness + 16) / 116
    xyz = tuple(white * _inverse(part) for white, part in zip(_WHITE_D50, (y + a / 500, y, y - b / 200), strict=True))
    red, green, blue = (_gamma(sum(f * part for f, part in zip(row, xyz, strict=True))) for row in _TO_LINEAR)
    return red, green, blue


def rgb_of_grey(p_value: float) -> Rgb:
    """A 16-bit P-value (PS3.3 C.11.6) as grey."""
    level = max(0, min(255, round(p_value * 255 / 65535)))
    return level, level, level


def _inverse(part: float) -> float:
    return part**3 if part > 6 / 29 else (part - 4 / 29) * 3 * (6 / 29) ** 2


def _gamma(linear: float) -> int:
    linear = max(0.0, min(1.0, linear))
    level = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return round(level * 255)
