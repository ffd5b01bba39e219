// ImageProcessor
