import type { Terminal } from "@xterm/xterm";

/** Draws with WebGL where a real GPU does the work. Without one, WebGL is more than ten times slower than the DOM renderer. */
export function useGpu(terminal: Terminal): void {
  if (!hasGpu()) {
    return;
  }
  void import("@xterm/addon-webgl").then(({ WebglAddon }) => {
    const addon = new WebglAddon();
    addon.onContextLoss(() => addon.dispose());
    terminal.loadAddon(addon);
  }).catch(() => {
    // The DOM renderer stays.
  });
}

function hasGpu(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!gl) {
    return false;
  }
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
