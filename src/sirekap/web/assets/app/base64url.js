// Bytes as text: base64url without padding (RFC 4648, section 5), and the error of what is none.

export const Fault = {
  TEXT: "text", // letters that are not base64url, or not the one way to write these bytes
  VERSION: "version",
  SHORT: "short",
  LONG: "long",
  STATION: "station",
  WORD: "word",
  NUMBER: "number",
  TIME: "time",
};

export class HandoverError extends Error {
  constructor(fault, expected, found) {
    super("handed-over result: expected " + expected + "; found " + found + ". Scan or copy it again.");
    this.name = "HandoverError";
    this.fault = fault;
  }
}

export function toText(data) {
  const letters = Array.from(data, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// Throws HandoverError for another text, also where only its last bits are.
export function fromText(text) {
  let data = null;
  try {
    data = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  } catch (error) {
    // told below
  }
  if (data === null || toText(data) !== text) throw new HandoverError(Fault.TEXT, "base64url", text.slice(0, 60));
  return data;
}
