"""What the journeys stand on: a real site, real browsers, real speech, and files that are wrong."""
