"""What is believed: beliefs, their entrenchment and the base that holds them, all immutable."""
