// The editor of a form: line numbers grow with the text, and a fault leads to its line.
export function number(box) {
  const text = box.querySelector('textarea'), numbers = box.querySelector('pre');
  const update = () => {
    const count = text.value.split('\n').length;
    numbers.textContent = Array.from({ length: count }, (_, i) => i + 1).join('\n');
    text.rows = Math.max(12, count + 1);
  };
  text.addEventListener('input', update);
  for (const link of document.querySelectorAll('a[data-line]'))
    link.addEventListener('click', () => {
      const lines = text.value.split('\n'), line = Number(link.dataset.line) - 1;
      const from = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
      text.setSelectionRange(from, from + (lines[line] ?? '').length);
      text.focus();
      scrollTo({ top: text.getBoundingClientRect().top + scrollY + (text.scrollHeight / Math.max(12, lines.length + 1)) * line - innerHeight / 3 });
    });
}
