"""Maps that work without a network and show no child."""
