"""The one shader of the GPU engine, specialised by #define: branches on uniforms cost more than the sampling."""

from readingroom.display.picture import SLAB_MODES, Layer
from readingroom.pixels.resample import LEAST_SHARE

VERTEX = """#version 330 core
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}
"""

_FRAGMENT = """
uniform PIXELS pixels;
uniform usampler2D grey;
uniform mat4 to_voxel;
uniform ivec3 extent;
uniform int samples;
uniform float reach;
uniform float alpha;
#if PADDED
uniform ivec2 padding;
#endif
#if FINE
uniform usampler2D fine;
uniform ivec2 fine_place;
#endif
#if HIDDEN
uniform usampler2D hidden;
#endif
out vec4 shown;

// Texels are fetched and mixed here: the texture unit of many cards interpolates with eight bits only.
vec3 stored(ivec3 at) {
  at = clamp(at, ivec3(0), extent - 1);
#if VOLUME
  return vec3(texelFetch(pixels, at, 0).rgb);
#else
  return vec3(texelFetch(pixels, at.xy, 0).rgb) / PARTS;
#endif
}

#if PADDED
// The value of one texel times its share, and its share: nothing where it is padding.
vec2 part_of(ivec3 at, float share) {
  at = clamp(at, ivec3(0), extent - 1);
  int word = int(texelFetch(pixels, at.xy, 0).r);
  return word >= padding.x && word <= padding.y ? vec2(0.0) : vec2(float(word) / PARTS * share, share);
}
#endif

// The value at a place, and in w how much of it is image.
vec4 between(vec3 place) {
#if PADDED
  ivec3 a = ivec3(floor(place));
  vec3 f = place - vec3(a);
  vec2 sum = part_of(a, (1.0 - f.x) * (1.0 - f.y)) + part_of(a + ivec3(1, 0, 0), f.x * (1.0 - f.y))
           + part_of(a + ivec3(0, 1, 0), (1.0 - f.x) * f.y) + part_of(a + ivec3(1, 1, 0), f.x * f.y);
  return vec4(vec3(sum.x / max(sum.y, 1e-9)), sum.y);
#elif SMOOTH
  ivec3 a = ivec3(floor(place));
  vec3 f = place - vec3(a);
  ivec3 b = a + 1;
  vec3 near = mix(mix(stored(a), stored(ivec3(b.x, a.yz)), f.x),
                  mix(stored(ivec3(a.x, b.y, a.z)), stored(ivec3(b.xy, a.z)), f.x), f.y);
#if VOLUME
  if (f.z == 0.0) return vec4(near, 1.0);
  vec3 far = mix(mix(stored(ivec3(a.xy, b.z)), stored(ivec3(b.x, a.y, b.z)), f.x),
                 mix(stored(ivec3(a.x, b.yz)), stored(b), f.x), f.y);
  return vec4(mix(near, far, f.z), 1.0);
#else
  return vec4(near, 1.0);
#endif
#else
  return vec4(stored(ivec3(floor(place + 0.5))), 1.0);
#endif
}

// The value of one view pixel; w is 0 where no sample lies in the layer.
vec4 value(vec2 view) {
  vec3 kept = vec3(0.0);
  float count = 0.0;
  for (int n = 0; n < samples; n++) {
    vec3 place = (to_voxel * vec4(view, float(n) - float(samples - 1) * 0.5, 1.0)).xyz;
    if (any(lessThan(place, vec3(-0.5 - reach))) || any(greaterThan(place, vec3(extent) - 0.5 + reach))) continue;
    vec4 sampled = between(place);
    if (sampled.w < LEAST_SHARE) continue;
    vec3 found = sampled.rgb;
#if MODE == 1
    kept = count == 0.0 ? found : max(kept, found);
#elif MODE == 2
    kept = count == 0.0 ? found : min(kept, found);
#else
    kept += found;
#endif
    count += 1.0;
  }
#if MODE == 3
  kept /= max(count, 1.0);
#endif
#if STEEP
  return vec4(kept, count);
#else
  return vec4(floor(kept + 0.5), count);
#endif
}

vec4 looked_up(int word) {
  word &= 65535;
  return vec4(texelFetch(grey, ivec2(word & 255, word >> 8), 0)) / 255.0;
}

void main() {
  vec2 view = gl_FragCoord.xy - 0.5;
#if HIDDEN
  if (texelFetch(hidden, ivec2(view), 0).r != 0u) discard;
#endif
  vec4 here = value(view);
  if (here.w == 0.0) discard;
#if COLOUR
  shown = vec4(here.bgr / 255.0, BOTTOM ? 1.0 : alpha);
#else
#if OUTLINE
  bool alone = here.x == value(view + vec2(1, 0)).x && here.x == value(view - vec2(1, 0)).x
            && here.x == value(view + vec2(0, 1)).x && here.x == value(view - vec2(0, 1)).x;
  if (here.x == 0.0 || alone) discard;
#endif
#if FINE
  int part = clamp(int(floor((here.x - float(fine_place.x)) * 256.0 + 0.5)), 0, fine_place.y - 1);
  uvec4 entry_of_part = texelFetch(fine, ivec2(part & 1023, part >> 10), 0);
  vec4 entry = vec4(vec3(float(entry_of_part.r) / 255.0), 1.0);
#elif STEEP
  float low = floor(here.x);
  vec4 entry = mix(looked_up(int(low)), looked_up(int(low) + 1), here.x - low);
#else
  vec4 entry = looked_up(int(here.x));
#endif
  shown = vec4(entry.rgb, BOTTOM ? 1.0 : entry.a * alpha);
#endif
}
"""


def is_padded(layer: Layer) -> bool:
    """Whether samples of a layer are to keep clear of padding."""
    return layer.padding is not None and layer.smooth and not layer.is_volume and not layer.is_colour


def fragment(layer: Layer, bottom: bool, steep: bool) -> str:
    """The fragment shader for layers of this kind.

    bottom: drawn on black, opaque whatever its table says. steep: greys are taken between the entries of its table.
    """
    kind = "u" if layer.is_colour or layer.pixels.dtype.kind == "u" else "i"
    defines = {
        "PIXELS": f"{kind}sampler{'3D' if layer.is_volume else '2D'}",
        "VOLUME": int(layer.is_volume),
        "SMOOTH": int(layer.smooth),
        "COLOUR": int(layer.is_colour),
        "OUTLINE": int(layer.outline),
        "STEEP": int(steep),
        "FINE": int(steep and layer.fine is not None),
        "PADDED": int(is_padded(layer)),
        "HIDDEN": int(layer.hidden is not None),
        "LEAST_SHARE": LEAST_SHARE,
        "PARTS": f"{layer.parts}.0",
        "MODE": SLAB_MODES.index(layer.slab[0]),
        "BOTTOM": "true" if bottom and not layer.outline else "false",
    }
    return "#version 330 core\n" + "".join(f"#define {name} {value}\n" for name, value in defines.items()) + _FRAGMENT
