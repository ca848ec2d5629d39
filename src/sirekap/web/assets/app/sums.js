// The form's arithmetic on the phone: the same equations as on the server, told in words while figures are typed.
// A line with a figure that is not there, or blank, says nothing: blank is never zero.

/** The equations that these figures break: [{equation, left, right, figures}]; values are numbers, null or undefined. */
export function broken(form, values) {
  const out = [];
  for (const equation of form.equations) {
    const names = [equation.total, ...equation.parts];
    if (!names.every((name) => Number.isInteger(values[name]))) continue;
    const left = values[equation.total], right = equation.parts.reduce((sum, name) => sum + values[name], 0);
    if (left !== right) out.push({ equation, left, right, figures: names });
  }
  return out;
}

/** What a typed text means: {value} (a number or null for blank), or {problem: empty | number | most}. */
export function typed(field, text, blank) {
  if (blank) return { value: null };
  const bare = text.trim();
  if (!bare) return { problem: 'empty' };
  if (!/^[0-9]+$/.test(bare)) return { problem: 'number' };
  const value = Number(bare);
  return value > field.most ? { problem: 'most' } : { value };
}
