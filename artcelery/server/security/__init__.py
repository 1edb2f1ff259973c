"""What a server that faces the world refuses, whoever asks: foreign hosts, requests of other sites, unsafe headers."""
