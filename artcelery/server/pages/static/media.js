// What the pages of files do beside showing them.
import "./media-films.js";
import "./media-picks.js";
import "./media-place.js";
import "./media-players.js";
import "./media-together.js";
import "./media-uploads.js";
import "./media-waves.js";
import "./media-wipe.js";
