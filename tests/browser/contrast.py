"""Finds words on a page that are hard to read on what is behind them."""

LOW_CONTRAST = """() => {
    const luminance = (color) => {
        const [r, g, b] = color.match(/[0-9.]+/g).slice(0, 3).map((each) => {
            const part = Number(each) / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgroundOf = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const color = getComputedStyle(each).backgroundColor;
            if (!color.endsWith(', 0)')) return color;
        }
        return 'rgb(255, 255, 255)';
    };
    const told = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.offsetParent || element.offsetHeight < 4) continue;
        const [a, b] = [luminance(getComputedStyle(element).color), luminance(backgroundOf(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) told.push(`${element.textContent.trim().slice(0, 40)}: ${contrast.toFixed(1)}`);
    }
    return told;
}"""
"""Words whose contrast with what is behind them is below 4.5 (WCAG 2.2, 1.4.3)."""
