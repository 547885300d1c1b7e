// Narrows a page to what a person looks for. Without it the page is complete; with it nothing else changes.
(() => {
  'use strict';
  const [box, word, told] = ['page-find', 'page-find-text', 'page-find-told'].map((id) => document.getElementById(id));
  const entries = [...document.querySelectorAll('[data-entry]')];
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  const groups = [...document.querySelectorAll('[data-group]')];
  const narrow = () => {
    const wanted = word.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    entries.forEach((entry, index) => {
      entry.hidden = !wanted.every((one) => texts[index].includes(one));
      shown += entry.hidden ? 0 : 1;
    });
    groups.forEach((group) => { group.hidden = !group.querySelector('[data-entry]:not([hidden])'); });
    told.textContent = shown ? '' : told.dataset.none;
  };
  box.hidden = false;
  word.addEventListener('input', narrow);
  // A link to an entry leads there even when it is hidden.
  addEventListener('hashchange', () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.closest('[hidden]')) {
      word.value = '';
      narrow();
      target.scrollIntoView();
    }
  });
})();
