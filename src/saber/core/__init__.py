"""What every other part speaks of: records, taxonomy, the cue catalogue, errors."""
