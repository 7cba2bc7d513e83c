"""Finds on a page what somebody with a keyboard or a screen reader would stumble over (WCAG 2.2, A and AA)."""

STUMBLES = """() => {
    const told = [];
    const name = (element) => (element.getAttribute('aria-label') || element.textContent || '').trim();
    const each = (selector, check) => document.querySelectorAll(selector).forEach(check);
    if (document.documentElement.lang !== 'en') told.push('no language');
    if (document.querySelectorAll('h1').length !== 1) told.push('not one h1');
    if (document.querySelectorAll('main').length !== 1) told.push('not one main');
    if (!document.title) told.push('no title');
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    ids.filter((id, place) => ids.indexOf(id) !== place).forEach((id) => told.push(`id ${id} twice`));
    each('input:not([type=hidden]):not([aria-hidden]), select, textarea', (control) => {
        if (!control.labels.length && !control.getAttribute('aria-label')) told.push(`no label: ${control.outerHTML}`);
    });
    each('a[href], button, summary', (element) => {
        if (!name(element)) told.push(`no name: ${element.outerHTML}`);
    });
    each('img:not([alt])', (element) => told.push(`no alt: ${element.src}`));
    each('table', (table) => { if (!table.caption) told.push('a table without a caption'); });
    each('thead th', (cell) => {
        if (cell.scope !== 'col' || !name(cell)) told.push(`a header without words: ${cell.outerHTML}`);
    });
    each('[aria-labelledby], [aria-describedby]', (element) => {
        for (const kind of ['aria-labelledby', 'aria-describedby']) {
            for (const id of (element.getAttribute(kind) || '').split(' ').filter(Boolean)) {
                if (!document.getElementById(id)) told.push(`${kind} ${id} leads nowhere`);
            }
        }
    });
    each('nav, [role=region], [role=search]', (element) => {
        const named = element.getAttribute('aria-label') || element.getAttribute('aria-labelledby');
        if (!named) told.push('a landmark without a name');
    });
    each('.scroll, .map', (element) => {
        if (element.tabIndex !== 0) told.push('a part that scrolls and no key reaches');
    });
    let level = 0;
    each('h1, h2, h3', (heading) => {
        const next = Number(heading.tagName[1]);
        if (next > level + 1) told.push(`${heading.tagName} after H${level}`);
        level = next;
    });
    each('a[href], button, input:not([type=hidden]):not(.hidden), select', (element) => {
        const box = element.getBoundingClientRect();
        const inWords = getComputedStyle(element).display === 'inline';  // the rule excepts links in a line of text
        if (box.width && !inWords && (box.height < 24 || box.width < 24) && !element.classList.contains('skip')
            && !element.classList.contains('link')) told.push(`a target too small: ${element.outerHTML.slice(0, 80)}`);
    });
    return told;
}"""
