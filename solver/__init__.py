"""Pairings and timetables: each answer proven, checked and explained."""
