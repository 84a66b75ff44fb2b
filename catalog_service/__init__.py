"""Kebao: a catalogue of science and technology services."""
