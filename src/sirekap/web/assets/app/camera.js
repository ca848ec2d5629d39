// The rear camera: its stream, its light, and a photograph as good as it gives.

const WANTED = { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 }, resizeMode: { ideal: 'none' } };
const PATIENCE = 5000; // ms in which takePhoto must answer: some phones never do

/** {video, shoot, torch, stop}; `torch` is null where the light cannot be switched. Rejects as getUserMedia does. */
export async function openCamera(video) {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new DOMException('no camera interface', 'NotFoundError');
  const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
  const track = stream.getVideoTracks()[0];
  video.srcObject = stream;
  video.muted = true;
  await video.play();
  const able = track.getCapabilities ? track.getCapabilities() : {};
  return {
    video,
    shoot: () => photograph(track, video),
    torch: able.torch ? (on) => track.applyConstraints({ advanced: [{ torch: on }] }) : null,
    stop: () => { stream.getTracks().forEach((t) => t.stop()); video.srcObject = null; },
  };
}

async function photograph(track, video) {
  if (window.ImageCapture && ImageCapture.prototype.takePhoto) {
    try {
      const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error('late')), PATIENCE));
      const blob = await Promise.race([new ImageCapture(track).takePhoto(), late]);
      if (blob && blob.size > 10000) return blob;
    } catch (error) {
      // the frame that is shown will do
    }
  }
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d').drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}
