// Reading a QR code with the camera, where the browser can read them itself (BarcodeDetector: Chrome on Android from
// 83). Elsewhere the phone's own camera app opens the link that the code says, and nothing here is needed.

const PAUSE = 150; // ms between two looks
const PATIENCE = 4000; // ms for one picture

// Whether `scan` works in this browser.
export async function canScan() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return false;
  try {
    return (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code");
  } catch (error) {
    return false;
  }
}

// The texts of all QR codes in a picture; none where the browser cannot look, or takes too long.
export async function codesIn(picture) {
  if (!("BarcodeDetector" in window)) return [];
  try {
    const found = new window.BarcodeDetector({ formats: ["qr_code"] }).detect(picture);
    const late = new Promise((resolve) => setTimeout(() => resolve([]), PATIENCE));
    return (await Promise.race([found, late])).map((code) => code.rawValue);
  } catch (error) {
    return [];
  }
}

// The text of the first QR code that the rear camera sees and `accept` takes, shown meanwhile in a <video>; null
// where the AbortSignal ended it. Rejects with the browser's DOMException where the camera is refused (name
// NotAllowedError) or missing. The camera is off when it ends.
export async function scan(video, { signal, accept = () => true }) {
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  try {
    video.srcObject = stream;
    video.setAttribute("playsinline", "");
    await video.play();
    while (!signal.aborted) {
      const codes = await detector.detect(video).catch(() => []); // a frame that is not there yet
      const found = codes.map((code) => code.rawValue).find((text) => text !== "" && accept(text));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    return null;
  } catch (error) {
    if (signal.aborted) return null; // play() is interrupted when its page goes
    throw error;
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}
