"""How the application is served: on which address, by how many processes, with which worker, until when."""
