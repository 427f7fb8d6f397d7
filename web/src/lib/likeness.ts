/** How well a name fits what was typed: 0 does not, more is better. */
export function likeness(name: string, typed: string): number {
  const text = name.toLowerCase();
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return 1;
  if (text.startsWith(wanted)) return 4;
  const at = text.indexOf(wanted);
  if (at > 0) return /[\s._-]/.test(text[at - 1] ?? "") ? 3 : 2;
  let from = 0;
  for (const each of wanted) {
    from = text.indexOf(each, from) + 1;
    if (from === 0) return 0;
  }
  return 1;
}
