// Narrows the page to what a person looks for. Without it the page is complete; with it nothing else changes.
(() => {
  'use strict';
  const form = document.getElementById('filter');
  if (!form) return;
  const [word, verdict, told] = ['filter-text', 'filter-verdict', 'filter-told'].map((id) => document.getElementById(id));
  const articles = [...document.querySelectorAll('article[data-verdict]')];
  const texts = articles.map((article) => article.textContent.toLowerCase());
  const sections = [...document.querySelectorAll('#findings, .others, .area')];
  const narrow = () => {
    const wanted = word.value.trim().toLowerCase();
    let shown = 0;
    articles.forEach((article, index) => {
      const fits = (!verdict.value || article.dataset.verdict === verdict.value) && texts[index].includes(wanted);
      article.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    sections.forEach((section) => {
      section.hidden = !section.querySelector('article:not([hidden])') && Boolean(wanted || verdict.value);
    });
    told.textContent = wanted || verdict.value ? told.dataset.told.replace('{shown}', shown).replace('{all}', articles.length) : '';
  };
  form.hidden = false;
  form.addEventListener('input', narrow);
  // A link to a requirement leads there even when the filter hides it.
  addEventListener('hashchange', () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.closest('[hidden]')) {
      form.querySelectorAll('input, select').forEach((field) => { field.value = ''; });
      narrow();
      target.scrollIntoView();
    }
  });
})();
