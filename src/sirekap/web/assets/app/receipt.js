// Whether the server signed a receipt as it stands: a signature over canonical JSON (RFC 8785).

import { fromText, HandoverError, joined, verify } from "./handover.js";

const DOMAIN = "sirekap/receipt/1\n";

// `keys` from readKeys. Never throws: what is no receipt is not genuine.
export async function isReceipt(receipt, keys) {
  const content = Object.assign({}, receipt);
  delete content.signature;
  try {
    const server = keys.get(content.key);
    if (server === undefined) return false;
    const message = joined(DOMAIN, new TextEncoder().encode(canonical(content)));
    return await verify(server, message, fromText(String(receipt.signature)));
  } catch (error) {
    if (error instanceof HandoverError || error instanceof TypeError) return false;
    throw error;
  }
}

// RFC 8785: JSON.stringify writes texts and numbers as it asks for; keys are sorted by UTF-16 units, as sort() does.
export function canonical(value) {
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const part = (key) => JSON.stringify(key) + ":" + canonical(value[key]);
  return "{" + Object.keys(value).sort().map(part).join(",") + "}";
}
