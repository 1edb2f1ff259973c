// What every page does: keys in lists, times of the reader, and a word when a request fails.
import "./keys.js";
import "./times.js";
import "./trouble.js";
