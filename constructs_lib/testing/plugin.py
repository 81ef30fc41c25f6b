"""What pytest loads from this package: fixtures for teams that test their own templates."""
