// What every page does: keys in lists, what was entered is kept and what was opened stays open, times of the reader, and
// a word when a request fails.
import "./keep.js";
import "./keys.js";
import "./opened.js";
import "./previews.js";
import "./times.js";
import "./trouble.js";
