"""The base's test and certification centre for car chips: programmes, slots, samples, results."""
