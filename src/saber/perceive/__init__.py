"""Perceive: what a clip's face, body, voice, words and scene measurably do. Pixels and sound in, Cues out."""
