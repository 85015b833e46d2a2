// What a page must be for everybody who reads it, measured in a real browser; answers a list of faults.
({target, contrast, largeContrast}) => {
  const faults = [];
  const told = el => el.tagName.toLowerCase() + (el.id ? '#' + el.id : '') + ' “'
    + (el.textContent || el.name || '').trim().replace(/\s+/g, ' ').slice(0, 40) + '”';
  const hidden = el => !el.checkVisibility({checkVisibilityCSS: true}) || el.closest('.vh, .skip, [aria-hidden=true]');
  const every = selector => [...document.querySelectorAll(selector)];

  // Names
  for (const el of every('input:not([type=hidden]), select, textarea'))
    if (!el.labels.length || ![...el.labels].some(label => label.textContent.trim()))
      faults.push('no label: ' + told(el));
  for (const el of every('a, button, summary'))
    if (!el.textContent.trim() && !el.getAttribute('aria-label')) faults.push('no name: ' + told(el));
  for (const el of every('nav, section, aside, table')) {
    const ids = (el.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
    const words = ids.map(id => document.getElementById(id)?.textContent.trim() || '').join('');
    if (!words && !el.getAttribute('aria-label')) faults.push('a region without a name: ' + told(el));
  }
  for (const el of every('svg'))
    if (el.getAttribute('aria-hidden') !== 'true') faults.push('a picture that readers stumble over: ' + told(el));
  for (const el of every('img')) if (!el.alt) faults.push('a picture without words: ' + told(el));

  // Order
  const levels = every('h1, h2, h3, h4, h5, h6').filter(el => el.checkVisibility()).map(el => +el.tagName[1]);
  if (levels.filter(level => level === 1).length !== 1 || levels[0] !== 1) faults.push('not one h1 at the top');
  levels.forEach((level, n) => {
    if (n && level > levels[n - 1] + 1) faults.push('headings skip from h' + levels[n - 1] + ' to h' + level);
  });
  for (const landmark of ['header', 'main', 'footer'])
    if (every('body > ' + landmark).length !== 1) faults.push('not one ' + landmark);
  const ids = every('[id]').map(el => el.id);
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) faults.push('twice the same id: ' + id);
  for (const el of every('[aria-describedby], [aria-labelledby], use, a[href^="#"]')) {
    const references = el.getAttribute('aria-describedby') || el.getAttribute('aria-labelledby')
      || el.getAttribute('href').slice(1);
    for (const reference of references.split(' '))
      if (!document.getElementById(reference)) faults.push('points at nothing: ' + reference);
  }
  if (every('[tabindex]').some(el => el.tabIndex > 0)) faults.push('an order of its own for the Tab key');
  if (document.documentElement.lang !== 'en-GB') faults.push('not in British English');
  for (const el of every('time'))
    if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}[+-]\d{2}:\d{2})?$/.test(el.dateTime)) faults.push('odd time: ' + told(el));

  // Size
  const box = el => {
    const boxes = [el, ...(['radio', 'checkbox'].includes(el.type) ? el.labels : [])].map(e => e.getBoundingClientRect());
    return [Math.max(...boxes.map(b => b.right)) - Math.min(...boxes.map(b => b.left)), Math.max(...boxes.map(b => b.height))];
  };
  for (const el of every('a, button, summary, input:not([type=hidden]), select, textarea').filter(el => !hidden(el))) {
    const [width, height] = box(el);
    if (height < target - 0.5 || width < 24) faults.push('too small, ' + width.toFixed() + '×' + height.toFixed() + ': ' + told(el));
  }

  // Contrast
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const parts = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const ground = el => {
    const layers = [];
    for (let at = el; at; at = at.parentElement) {
      const layer = parts(getComputedStyle(at).backgroundColor);
      if (layer[3]) layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  let measured = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const el = node.parentElement;
    if (!node.textContent.trim() || hidden(el) && !el.closest('.key')) continue;
    const style = getComputedStyle(el), under = ground(el), size = parseFloat(style.fontSize);
    const needed = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? largeContrast : contrast;
    const found = ratio(over(parts(style.color), under), under);
    measured += 1;
    if (found < needed) faults.push('contrast ' + found.toFixed(2) + ': ' + told(el));
  }
  for (const el of every('input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea').filter(el => !hidden(el))) {
    const found = ratio(parts(getComputedStyle(el).borderTopColor), ground(el.parentElement));
    if (found < 3) faults.push('the edge of a field, contrast ' + found.toFixed(2) + ': ' + told(el));
  }
  if (measured < 5) faults.push('nothing was measured');
  return faults;
}
