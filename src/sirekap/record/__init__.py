"""What is written down for the public: canonical JSON and the shapes of published documents."""
