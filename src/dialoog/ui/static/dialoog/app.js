// The scripts of every page. Each module listens on the document, so that swapped parts need no set-up.
import './theme.js';
import './keys.js';
import './live.js';
import './forms.js';
import './saving.js';
import './swaps.js';
