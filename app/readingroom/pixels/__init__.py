"""From bytes to numbers: decoding, modality values, VOI and the display table. The only room with codecs."""
