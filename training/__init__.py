"""Makes the network that `sirekap.reading.digits` ships; never needed at run time."""
