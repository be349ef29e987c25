"""How ffmpeg makes the clips that everything else is made of: tiny, one for each container."""

from __future__ import annotations

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=15:duration=0.6")
SINE = ("-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000:duration=0.6")
SHORT = (*PICTURE, *SINE, "-t", "0.6", "-bitexact")
SOUND = (*SINE, "-t", "0.6", "-bitexact")

VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "100k")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "100k")
AV1 = ("-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-b:v", "100k")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "5")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1")
H263 = ("-c:v", "h263", "-s", "128x96", "-r", "15")
MPEG4 = ("-c:v", "mpeg4")
MJPEG = ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p")
OPUS = ("-c:a", "libopus", "-b:a", "24k")
AAC = ("-c:a", "aac", "-b:a", "48k", "-ac", "1")
PCM = ("-c:a", "pcm_s16le", "-ar", "8000")

ACCEPTED: dict[str, tuple[str, ...]] = {
    "vp8.webm": (*SHORT, *VP8, *OPUS),
    "vp9.webm": (*SHORT, *VP9, *OPUS),
    "av1.webm": (*SHORT, *AV1, *OPUS),
    "live.webm": (*SHORT, *VP8, *OPUS, "-f", "webm", "-live", "1"),
    "sound.webm": (*SOUND, *OPUS),
    "h264.mkv": (*SHORT, *H264, *OPUS),
    "hevc.mkv": (*SHORT, *HEVC, *AAC),
    "pcm.mkv": (*SHORT, *MJPEG, *PCM),
    "h264.mp4": (*SHORT, *H264, *AAC),
    "front.mp4": (*SHORT, *H264, *AAC, "-movflags", "+faststart"),
    "fragments.mp4": (*SHORT, *H264, *AAC, "-movflags", "frag_keyframe+empty_moov"),
    "hevc.mp4": (*SHORT, *HEVC, "-tag:v", "hvc1", *AAC),
    "opus.mp4": (*SHORT, *H264, *OPUS),
    "vp9.mp4": (*SHORT, *VP9, *OPUS),
    "h264.mov": (*SHORT, *H264, *AAC),
    "pcm.mov": (*SHORT, *MJPEG, *PCM),
    "old.3gp": (*SHORT, *H263, *AAC, "-ar", "16000"),
    "mpeg4.3gp": (*SHORT, *MPEG4, *AAC),
    "voice.m4a": (*SOUND, *AAC),
    "lossless.m4a": (*SOUND, "-c:a", "alac"),
    "voice.ogg": (*SOUND, *OPUS),
    "vorbis.ogg": (*SOUND, "-c:a", "libvorbis"),
    "flac.ogg": (*SOUND, "-c:a", "flac"),
}
"""What phones and browsers make. Damage is done to these."""

HLG = "log-level=none:pools=1:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"

PHONES: dict[str, tuple[str, ...]] = {
    "hevc.mov": (*SHORT, *HEVC, "-tag:v", "hvc1", *AAC),
    "hlg.mov": (
        *(*SHORT, "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast"),
        *("-x265-params", HLG, "-tag:v", "hvc1", *AAC),
    ),
    "turned.mov": ("-i", "<hlg.mov>", "-c", "copy", "-metadata:s:v", "rotate=90"),
    # Two frames, then a gap, as where it is dark.
    "uneven.mov": (*SHORT, "-vf", "select='lt(mod(n,5),2)'", "-vsync", "vfr", *HEVC, *AAC),
}
"""What phones make, held as they are held. Tests of the lesson send these too."""

REFUSED: dict[str, tuple[str, ...]] = {
    "other.avi": (*SHORT, *MPEG4, "-c:a", "mp3"),
    "other.flv": (*SHORT, "-c:v", "flv", "-c:a", "mp3", "-ar", "44100"),
    "other.ts": (*SHORT, *H264, *AAC),
    "other.mpg": (*SHORT, "-c:v", "mpeg1video", "-r", "25", "-c:a", "mp2"),
    "other.vob": (*SHORT, "-c:v", "mpeg2video", "-r", "25", "-c:a", "ac3"),
    "other.wmv": (*SHORT, "-c:v", "wmv2", "-c:a", "wmav2"),
    "other.nut": (*SHORT, *H264, *AAC),
    "other.mxf": (*SHORT, "-c:v", "mpeg2video", "-r", "25", "-c:a", "pcm_s16le"),
    "other.swf": (*SHORT, "-c:v", "flv", "-c:a", "mp3", "-ar", "44100"),
    "other.rm": (*SHORT, "-c:v", "rv10", "-c:a", "ac3"),
    "other.dv": (*SHORT, "-s", "720x576", "-pix_fmt", "yuv420p", "-r", "25", "-ac", "2"),
    "other.gxf": (*SHORT, "-s", "720x576", "-r", "25", "-c:v", "mpeg2video", "-c:a", "pcm_s16le"),
    "other.h264": (*SHORT, *H264, "-an"),
    "other.hevc": (*SHORT, *HEVC, "-an"),
    "other.ivf": (*SHORT, *VP8, "-an"),
    "other.obu": (*SHORT, *AV1, "-an"),
    "other.y4m": (*SHORT, "-an"),
    "other.wav": SOUND,
    "other.mp3": SOUND,
    "other.flac": SOUND,
    "other.aac": SOUND,
    "other.ac3": SOUND,
    "other.aiff": SOUND,
    "other.au": SOUND,
    "other.caf": SOUND,
    "other.w64": SOUND,
    "other.voc": SOUND,
    "other.wv": SOUND,
    "other.tta": SOUND,
    "other.gif": (*PICTURE, "-bitexact"),
    "other.apng": (*PICTURE, "-bitexact", "-f", "apng"),
    "other.webp": (*PICTURE, "-bitexact"),
    "still.png": (*PICTURE, "-frames:v", "1", "-bitexact"),
    "still.jpg": (*PICTURE, "-frames:v", "1", "-bitexact"),
    "still.bmp": (*PICTURE, "-frames:v", "1", "-bitexact"),
    "still.tiff": (*PICTURE, "-frames:v", "1", "-bitexact"),
    "still.tga": (*PICTURE, "-frames:v", "1", "-bitexact"),
    "still.ppm": (*PICTURE, "-frames:v", "1", "-bitexact"),
    "still.dpx": (*PICTURE, "-frames:v", "1", "-bitexact"),
    "still.jp2": (*PICTURE, "-frames:v", "1", "-bitexact"),
}
"""What ffmpeg would read gladly and we do not."""

ODD: dict[str, tuple[str, ...]] = {
    "pngs.mov": (*SHORT, "-c:v", "png", *AAC),
    "prores.mov": (*SHORT, "-c:v", "prores_ks", *AAC),
    "raw.mkv": (*SHORT, "-c:v", "rawvideo", "-pix_fmt", "yuv420p", *PCM),
    "ffv1.mkv": (*SHORT, "-c:v", "ffv1", *AAC),
    "gif.mov": (*SHORT, "-c:v", "gif", *AAC, "-f", "mov", "-strict", "-2"),
    "theora.ogg": (*SHORT, "-c:v", "libtheora", "-c:a", "libvorbis", "-f", "ogg"),
    "ac3.mkv": (*SHORT, *H264, "-c:a", "ac3"),
    "mp2.mkv": (*SHORT, *H264, "-c:a", "mp2"),
    "mp3.mp4": (*SHORT, *H264, "-c:a", "mp3"),
    "mute.mp4": (*SHORT, *H264, "-an"),
    "mute.webm": (*SHORT, *VP8, "-an"),
    "eight.mkv": (*SHORT, *H264, "-c:a", "flac", "-ac", "8"),
    "fast.mkv": (*SHORT, *H264, "-c:a", "pcm_s16le", "-ar", "192000"),
    "slow.mkv": (*SHORT, *H264, "-c:a", "pcm_s16le", "-ar", "2000"),
    "ten-bit.mp4": (*SHORT, *H264[:-4], "-pix_fmt", "yuv422p10le", *AAC),
    "odd-size.webm": (*SHORT, "-vf", "crop=33:35", *VP8, *OPUS),
    "wide.webm": (*SHORT, "-vf", "scale=64x48,setsar=100/1", *VP8, *OPUS),
    "narrow.mp4": (*SHORT, "-vf", "scale=4096:16", *H264, *AAC),
    "dot.webm": (*SHORT, "-vf", "scale=2:2", *VP8, *OPUS),
    "interlaced.mp4": (*SHORT, *H264, "-flags", "+ilme+ildct", "-x264opts", "tff=1", *AAC),
    "timecode.mov": (*SHORT, *H264, *AAC, "-timecode", "01:00:00:00"),
}
"""In a container we accept, and unlike what recorders put there."""

LARGE: dict[str, tuple[str, ...]] = {
    f"large-{name}": (
        *("-f", "lavfi", "-i", "color=s=4096x4080:r=10", *SINE, "-t", "0.3", "-bitexact"),
        *words,
    )
    for name, words in {
        "h264.mp4": (*H264, *AAC),
        "vp8.webm": (*VP8, *OPUS),
        "mpeg4.mov": (*MPEG4, *AAC),
        "mjpeg.mov": (*MJPEG, *AAC),
    }.items()
}
"""Twice the pixels that we decode: real ones, not only said to be there."""

BUSY: dict[str, tuple[str, ...]] = {
    f"still-{size}.webm": (
        *("-f", "lavfi", "-i", f"color=gray:s={size}:r=10", "-t", "0.3", "-bitexact"),
        *VP8,
    )
    for size in ("64x48", "4096x2160")
}
"""Three frames that do not move, to be said again a thousand times."""

CANARIES: dict[str, tuple[str, ...]] = {
    name: (
        *("-f", "lavfi", "-i", "color=magenta:size=64x48:rate=15"),
        *("-f", "lavfi", "-i", "sine=frequency=3000:sample_rate=48000", "-t", "0.6", "-bitexact"),
        *words,
    )
    for name, words in {
        "canary.ts": (*H264, *AAC),
        "canary.mp4": (*H264, *AAC),
        "canary.webm": (*VP8, *OPUS),
        "canary.png": ("-frames:v", "1"),
        "canary.wav": ("-vn",),
    }.items()
}

RECIPES = {**ACCEPTED, **PHONES, **REFUSED, **ODD, **LARGE, **BUSY, **CANARIES}
