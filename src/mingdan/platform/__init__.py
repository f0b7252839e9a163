"""What every pillar stands on: people, access, the trail, and more; knows no pillar."""
